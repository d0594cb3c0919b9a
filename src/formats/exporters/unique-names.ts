/**
 * Gives every key a name of its own. Names are told apart without regard to case, because Windows and macOS
 * do not see it.
 */
export class UniqueNames {
  private readonly names = new Map<string, string>()
  private readonly taken = new Set<string>()
  /** The next number to try: thousands of clips may want one name. */
  private readonly next = new Map<string, number>()

  /** The name of `key`: `wanted`, or `wanted` with the lowest free number after it; the same on every call. */
  nameOf(key: string, wanted: string): string {
    const known = this.names.get(key)
    if (known !== undefined) return known
    const folded = wanted.toLowerCase()
    let name = wanted
    let number = this.next.get(folded) ?? 2
    for (; this.taken.has(name.toLowerCase()); number++) name = `${wanted}_${number}`
    this.next.set(folded, number)
    this.names.set(key, name)
    this.taken.add(name.toLowerCase())
    return name
  }
}

/** A recording's file name without folders and extension. */
export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? name : name.slice(0, dot)
}
