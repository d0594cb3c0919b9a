import { TextNumbers } from './text-numbers'

/**
 * Gives every key a name of its own. Names are told apart without regard to case, because Windows and macOS
 * do not see it. Neither keys nor names are kept as text, so that there may be millions of them.
 */
export class UniqueNames {
  /** The number at the end of the name of each key, 0 for none. */
  private readonly suffixes = new TextNumbers()
  /** Names that are taken, and the next number to try after them: thousands of clips may want one name. */
  private readonly taken = new TextNumbers()

  /** The name of `key`: `wanted`, or `wanted` with the lowest free number after it; the same on every call that wants the same. */
  nameOf(key: string, wanted: string): string {
    const known = this.suffixes.get(key)
    if (known !== undefined) return withNumber(wanted, known)
    const number = this.take(wanted)
    this.suffixes.set(key, number)
    return withNumber(wanted, number)
  }

  /** As `nameOf`, of a key that is asked for once. */
  next(wanted: string): string {
    return withNumber(wanted, this.take(wanted))
  }

  private take(wanted: string): number {
    const folded = wanted.toLowerCase()
    const next = this.taken.get(folded)
    if (next === undefined) {
      this.taken.set(folded, 2)
      return 0
    }
    let number = next
    while (this.taken.get(`${folded}_${number}`) !== undefined) number++
    this.taken.set(folded, number + 1)
    this.taken.set(`${folded}_${number}`, 2)
    return number
  }
}

const withNumber = (name: string, number: number): string => (number === 0 ? name : `${name}_${number}`)

/** A recording's file name without folders and extension. */
export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? name : name.slice(0, dot)
}
