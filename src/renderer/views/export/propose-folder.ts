/**
 * A folder for a new export beside the catalogs: "<folder>/<catalog>-<format>", numbered when an export went
 * there before. Keeps the folder's own kind of slash.
 */
export function proposeFolder(folder: string, catalog: string, format: string, taken: string[]): string {
  const slash = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  const safe = catalog.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'catalog'
  const base = `${folder.replace(/[\\/]+$/, '')}${slash}${safe}-${format}`
  if (!taken.includes(base)) return base
  for (let number = 2; ; number++) if (!taken.includes(`${base}-${number}`)) return `${base}-${number}`
}
