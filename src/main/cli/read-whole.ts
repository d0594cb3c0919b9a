import { UsageError } from './usage-error'

/** The value of an option that is a whole number. @throws UsageError naming it and its range */
export function readWhole(option: string, text: string, low: number, high: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return value
  throw new UsageError(`${option} ${text}: a whole number from ${low} to ${high}.`)
}
