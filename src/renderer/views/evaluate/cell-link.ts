/** How a place in the matrix is written in the page's address, and as a query of clips. */
import { type ClipQuery, everyClip } from '../../../shared/contract/clip-query'

/** One cell, or (predicted null) every mistake on one true class. */
export interface CellPlace {
  truth: string
  predicted: string | null
}

// A class name may hold a comma.
const escape = (name: string): string => name.replace(/[%,]/g, encodeURIComponent)

/** "dog,rain", or "dog" for every mistake on dogs. */
export function writeCell({ truth, predicted }: CellPlace): string {
  return predicted === null ? escape(truth) : `${escape(truth)},${escape(predicted)}`
}

/** Reads what `writeCell` writes; null when it is neither. */
export function readCell(text: unknown): CellPlace | null {
  if (typeof text !== 'string' || text === '') return null
  const parts = text.split(',')
  if (parts.length > 2 || parts[0] === '') return null
  try {
    const [truth, predicted] = parts.map((part) => decodeURIComponent(part))
    return { truth: truth!, predicted: predicted ?? null }
  } catch {
    return null
  }
}

/** The clips of a place, the surest predictions first; by the labels as they are now, or as they were at training. */
export function queryOf(runId: string, place: CellPlace, truth: 'current' | 'frozen' = 'current'): ClipQuery {
  return {
    ...everyClip,
    runId,
    ...(truth === 'current' ? { truth: place.truth } : { was: place.truth }),
    predicted: place.predicted,
    is: place.predicted === null ? ['wrong'] : [],
    order: 'score',
    direction: 'descending',
  }
}
