/** Choices in the filters as edits of the query. Each answers with the query as text. */
import { type ClipQuery, everyClip, formatClipQuery, parseTerms } from '../../../shared/contract/clip-query'
import { leaveOut } from '../../../shared/contract/facets'
import type { LabelState } from '../../../shared/contract/labels'

/** A value as a filter: off, on, or "not". */
export type Choice = 'off' | 'on' | 'not'

export function choiceOfClass(query: ClipQuery, name: string, state: LabelState): Choice {
  const part = query.labels.find((label) => label.name === name && label.state === state)
  return part ? (part.isNegated ? 'not' : 'on') : 'off'
}

/** Turns a state of a class on or off; with `isNegated`, "not this state". Several classes must all hold. */
export function toggleClass(query: ClipQuery, name: string, state: LabelState, isNegated = false): string {
  const wasSo = choiceOfClass(query, name, state) === (isNegated ? 'not' : 'on')
  const labels = query.labels.filter((label) => {
    if (label.name !== name) return true
    // A class has one state on a clip: two that are asked for find nothing.
    return label.state !== state && (isNegated || wasSo || label.isNegated)
  })
  if (!wasSo) labels.push({ name, state, isNegated })
  return formatClipQuery({ ...query, labels })
}

/** What a query lists any of. */
export type ListField = 'folds' | 'splits' | 'statuses' | 'authors'

/** Keys of `no:` for those without. */
const lackOf: Partial<Record<ListField, string>> = { folds: 'fold', splits: 'split' }

/** @param value null: those without any */
export function choiceOfListed(query: ClipQuery, field: ListField, value: string | null): Choice {
  const has = (part: ClipQuery): boolean =>
    value === null ? part.lacks.includes(lackOf[field]!) : (part[field] as string[]).includes(value)
  return has(query) ? 'on' : query.not.some((term) => has(parseTerms(term))) ? 'not' : 'off'
}

/** Any of the values that are on; none of those that are "not". */
export function toggleListed(query: ClipQuery, field: ListField, value: string | null, isNegated = false): string {
  const was = choiceOfListed(query, field, value)
  const without = (part: ClipQuery): ClipQuery =>
    value === null
      ? { ...part, lacks: part.lacks.filter((name) => name !== lackOf[field]) }
      : { ...part, [field]: (part[field] as string[]).filter((other) => other !== value) }
  const rest = { ...without(query), not: editNot(query, without) }
  if (was === (isNegated ? 'not' : 'on')) return formatClipQuery(rest)
  // A clip is in one fold: "any of these" and "none" exclude each other.
  if (isNegated) return formatClipQuery({ ...rest, not: [...rest.not, termOf(only(field, value))] })
  if (value === null) return formatClipQuery({ ...rest, [field]: [], lacks: [...rest.lacks, lackOf[field]!] })
  const values = [...(rest[field] as string[]), value].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
  return formatClipQuery({ ...rest, [field]: values, lacks: rest.lacks.filter((name) => name !== lackOf[field]) })
}

/** @param value null: those without any */
export function choiceOfMetadata(query: ClipQuery, name: string, value: string | null): Choice {
  const has = (part: ClipQuery): boolean =>
    value === null ? part.lacks.includes(name) : part.metadata.some((own) => own.name === name && own.value === value)
  return has(query) ? 'on' : query.not.some((term) => has(parseTerms(term))) ? 'not' : 'off'
}

/** One value that is on, in the place of another; none of those that are "not". */
export function toggleMetadata(query: ClipQuery, name: string, value: string | null, isNegated = false): string {
  const was = choiceOfMetadata(query, name, value)
  const isThis = (own: { name: string; value: string }): boolean => own.name === name && own.value === value
  const without = (part: ClipQuery): ClipQuery =>
    value === null
      ? { ...part, lacks: part.lacks.filter((other) => other !== name) }
      : { ...part, metadata: part.metadata.filter((own) => !isThis(own)) }
  const rest = { ...without(query), not: editNot(query, without) }
  if (was === (isNegated ? 'not' : 'on')) return formatClipQuery(rest)
  const own = value === null ? { lacks: [name] } : { metadata: [{ name, value }] }
  if (isNegated) return formatClipQuery({ ...rest, not: [...rest.not, termOf(own)] })
  // A clip has one value.
  const others = rest.metadata.filter((entry) => entry.name !== name)
  const lacks = rest.lacks.filter((other) => other !== name)
  return formatClipQuery({
    ...rest,
    metadata: [...others, ...(own.metadata ?? [])],
    lacks: [...lacks, ...(own.lacks ?? [])],
  })
}

type Flag = ClipQuery['is'][number]

export function choiceOfFlag(query: ClipQuery, flag: Flag): Choice {
  if (query.is.includes(flag)) return 'on'
  return query.not.some((term) => parseTerms(term).is.includes(flag)) ? 'not' : 'off'
}

export function toggleFlag(query: ClipQuery, flag: Flag, isNegated = false): string {
  const was = choiceOfFlag(query, flag)
  const without = (part: ClipQuery): ClipQuery => ({ ...part, is: part.is.filter((other) => other !== flag) })
  const rest = { ...without(query), not: editNot(query, without) }
  if (was === (isNegated ? 'not' : 'on')) return formatClipQuery(rest)
  if (isNegated) return formatClipQuery({ ...rest, not: [...rest.not, termOf({ is: [flag] })] })
  return formatClipQuery({ ...rest, is: [...rest.is, flag] })
}

/** The clips that a run predicted, in the place of another run's; what was asked of the other run goes. */
export function toggleRun(query: ClipQuery, name: string): string {
  const rest = leaveOut(query, { kind: 'run' })
  return formatClipQuery(query.runId === name ? rest : { ...rest, runId: name })
}

export function sortBy(query: ClipQuery, order: ClipQuery['order'], direction: ClipQuery['direction']): string {
  return formatClipQuery({ ...query, order, direction })
}

const only = (field: ListField, value: string | null): Partial<ClipQuery> =>
  value === null ? { lacks: [lackOf[field]!] } : { [field]: [value] }

const termOf = (part: Partial<ClipQuery>): string => formatClipQuery({ ...everyClip, ...part })

/** The negated terms, each without something; those that then say nothing are gone. */
function editNot(query: ClipQuery, without: (part: ClipQuery) => ClipQuery): string[] {
  return query.not.flatMap((term) => {
    const part = parseTerms(term)
    const rest = formatClipQuery(without(part))
    return rest === formatClipQuery(part) ? [term] : rest === '' ? [] : [rest]
  })
}
