import type { ClassDraft } from '../../shared/job/worker-event'
import { quote } from './quote'

/** Whole number in decimal digits, or null. */
export function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** Classes in the order met; the first row that numbers a class decides its number. */
export class ClassList {
  private readonly codes = new Map<string, number | null>()
  private readonly owners = new Map<number, string>()

  /** `numberName` is what the dataset calls the number, for messages. */
  constructor(private readonly numberName: string) {}

  /** Returns what is contradictory, or null. */
  add(name: string, code: number | null): string | null {
    const known = this.codes.get(name) ?? null
    if (code === null || known === code) {
      if (!this.codes.has(name)) this.codes.set(name, null)
      return null
    }
    if (known !== null)
      return `${this.numberName} ${code} for ${quote(name)}, which earlier rows number ${known}: kept ${known}`
    const owner = this.owners.get(code)
    if (owner !== undefined) {
      this.codes.set(name, null)
      return `${this.numberName} ${code} for ${quote(name)} is already the number of ${quote(owner)}: taken by its category`
    }
    this.codes.set(name, code)
    this.owners.set(code, name)
    return null
  }

  /** By number, then by name. */
  sorted(): ClassDraft[] {
    return [...this.codes]
      .map(([name, code]) => ({ name, code, mid: null }))
      .sort((a, b) => (a.code ?? Infinity) - (b.code ?? Infinity) || (a.name < b.name ? -1 : 1))
  }
}
