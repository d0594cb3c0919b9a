import { type ClipQuery, formatClipQuery } from '../../../shared/contract/clip-query'

/** A class as a filter: off, on, or "not". */
export type ClassFilter = 'off' | 'on' | 'not'

export function classFilter(query: ClipQuery, name: string): ClassFilter {
  const part = query.labels.find((label) => label.name === name && label.state === 'present')
  return part ? (part.isNegated ? 'not' : 'on') : 'off'
}

/** Turns a class on or off; with `isNegated`, "not this class". Several classes must all hold. */
export function toggleClass(query: ClipQuery, name: string, isNegated = false): string {
  const others = query.labels.filter((label) => !(label.name === name && label.state === 'present'))
  const was = classFilter(query, name)
  const labels =
    was === (isNegated ? 'not' : 'on') ? others : [...others, { name, state: 'present' as const, isNegated }]
  return formatClipQuery({ ...query, labels })
}

/** Any of the folds that are on. */
export function toggleFold(query: ClipQuery, fold: string): string {
  const folds = query.folds.includes(fold)
    ? query.folds.filter((other) => other !== fold)
    : [...query.folds, fold].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
  return formatClipQuery({ ...query, folds })
}

export function toggleFlag(query: ClipQuery, flag: ClipQuery['is'][number]): string {
  const is = query.is.includes(flag) ? query.is.filter((other) => other !== flag) : [...query.is, flag]
  return formatClipQuery({ ...query, is })
}

export function sortBy(query: ClipQuery, order: ClipQuery['order'], direction: ClipQuery['direction']): string {
  return formatClipQuery({ ...query, order, direction })
}
