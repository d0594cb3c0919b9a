import type { DatasetFolder, ImportOptions } from '../../importers/import-plan'

/** A dataset in memory: files with their bytes, and sound files that are only named. */
export interface Dataset {
  files: ReadonlyMap<string, Uint8Array>
  sounds: readonly string[]
  options?: ImportOptions
}

export function datasetOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  sounds: readonly string[] = [],
  options?: ImportOptions,
): Dataset {
  const encoder = new TextEncoder()
  const entries = Object.entries(files).map(
    ([path, content]) => [path, typeof content === 'string' ? encoder.encode(content) : content] as const,
  )
  return { files: new Map(entries), sounds, ...(options ? { options } : {}) }
}

/** The dataset as importers see it: sorted by code points, each name once. */
export function folderOf({ files, sounds }: Dataset): DatasetFolder {
  return {
    listing: [...new Set([...files.keys(), ...sounds])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    readBytes: (path) => {
      const bytes = files.get(path)
      return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`nobody should read ${path}`))
    },
  }
}

export function withFile(dataset: Dataset, path: string, bytes: Uint8Array): Dataset {
  return { ...dataset, files: new Map([...dataset.files, [path, bytes]]) }
}
