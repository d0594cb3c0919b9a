import type { OntologyClass } from '../../shared/contract/ontology'
import { type PaletteDigit, paletteDigits } from '../keys/key-table'
import { scoreFuzzy } from './fuzzy-match'

/** A class by what names it exactly: name in any case of letters, MID, quick code or synonym. */
export function findNamedClass(text: string, classes: readonly OntologyClass[]): OntologyClass | null {
  const name = text.trim()
  const low = name.toLowerCase()
  if (name === '') return null
  return (
    classes.find((entry) => entry.name === name) ??
    classes.find((entry) => entry.name.toLowerCase() === low) ??
    classes.find((entry) => entry.mid === name || entry.quickCode?.toLowerCase() === low) ??
    classes.find((entry) => entry.synonyms.some((synonym) => synonym.toLowerCase() === low)) ??
    null
  )
}

/** Whether a label may name the class. */
export const canBeLabel = (entry: OntologyClass): boolean => !entry.isAbstract && !entry.isBlacklisted

/** The classes that fit by quick code, MID, name or synonym, best first; with nothing typed, all in their own order. */
export function findClasses(typed: string, classes: readonly OntologyClass[]): OntologyClass[] {
  const text = typed.trim()
  if (text === '') return [...classes]
  return classes
    .flatMap((entry) => {
      const score = scoreClass(text, entry)
      return score === null ? [] : [{ entry, score }]
    })
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry)
}

function scoreClass(text: string, entry: OntologyClass): number | null {
  if (entry.quickCode?.toLowerCase() === text.toLowerCase()) return 3000
  if (entry.mid === text) return 2000
  const scores = [scoreFuzzy(text, entry.name)]
  // A synonym counts a little less than the name, and only where the letters stand together.
  for (const synonym of entry.synonyms)
    if (synonym.toLowerCase().includes(text.toLowerCase())) scores.push((scoreFuzzy(text, synonym) ?? 0) - 2)
  const known = scores.filter((score) => score !== null)
  return known.length === 0 ? null : Math.max(...known)
}

/**
 * Which class each digit from 1 to 9 labels: the one that has it as its quick code; the digits that are left go to the
 * first classes of the ontology that labels may name.
 * @returns digits by class id
 */
export function assignDigits(classes: readonly OntologyClass[]): Map<string, PaletteDigit> {
  const digits = new Map<string, PaletteDigit>()
  const free = new Map(paletteDigits.map((digit) => [String(digit), digit]))
  for (const { id, quickCode } of classes)
    if (quickCode !== null && free.has(quickCode)) {
      digits.set(id, free.get(quickCode)!)
      free.delete(quickCode)
    }
  const rest = [...free.values()]
  for (const entry of classes) {
    if (rest.length === 0) break
    if (canBeLabel(entry) && !digits.has(entry.id)) digits.set(entry.id, rest.shift()!)
  }
  return digits
}

/** The way from the top to a class by its first parents, without itself: “Animal › Dog”. */
export function pathOf(entry: OntologyClass, byId: ReadonlyMap<string, OntologyClass>): string {
  const names: string[] = []
  for (let at = byId.get(entry.parentIds[0] ?? ''); at && names.length < 20; at = byId.get(at.parentIds[0] ?? ''))
    names.unshift(at.name)
  return names.join(' › ')
}

/** Colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008). */
const palette = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#999999'] as const

/** The colour of a class: its own, else one of the palette, always the same for the same id. */
export function colourOf(entry: OntologyClass): string {
  // FNV-1a, of which the upper bits are spread well.
  let hash = 0x811c9dc5
  for (const letter of entry.id) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  return entry.colour ?? palette[(hash >>> 16) % palette.length]!
}
