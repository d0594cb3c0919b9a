import { type ClipQuery, formatClipQuery } from '../../shared/contract/clip-query'

/** Where a person was in a list of clips: the row under the keyboard, and how far it was scrolled. */
export interface ClipPlace {
  index: number
  /** null: as little as shows the row. */
  scrollTop: number | null
}

const places = new Map<string, ClipPlace>()
const keyOf = (label: string, query: ClipQuery): string => `${label}\n${formatClipQuery(query)}`

/** Keeps the place of a list while its view is away; annotating steps on in the same list and keeps it too. */
export function rememberPlace(label: string, query: ClipQuery, place: ClipPlace): void {
  places.set(keyOf(label, query), place)
}

export function recallPlace(label: string, query: ClipQuery): ClipPlace | null {
  return places.get(keyOf(label, query)) ?? null
}

/** Another catalog has other lists. */
export function forgetPlaces(): void {
  places.clear()
}
