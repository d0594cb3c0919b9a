/**
 * Finds the file that a CSV means. An exact name wins; else a name that differs only in how its accents are
 * encoded (macOS decomposes them) or in case (Windows ignores it), when there is exactly one.
 */
export class AudioIndex {
  private readonly exact = new Set<string>()
  private readonly folded = new Map<string, string[]>()

  /** `paths` lie under `folder`, which ends in a slash. */
  constructor(
    readonly paths: readonly string[],
    private readonly folder: string,
  ) {
    for (const path of paths) {
      this.exact.add(path)
      const key = foldName(path)
      this.folded.set(key, [...(this.folded.get(key) ?? []), path])
    }
  }

  find(name: string): string | null {
    const path = `${this.folder}${name}`
    if (this.exact.has(path)) return path
    const candidates = this.folded.get(foldName(path)) ?? []
    const sameAccents = candidates.filter((candidate) => candidate.normalize('NFC') === path.normalize('NFC'))
    const left = sameAccents.length > 0 ? sameAccents : candidates
    return left.length === 1 ? left[0]! : null
  }
}

function foldName(path: string): string {
  return path.normalize('NFC').toLowerCase()
}
