// A little over 400 lines: the language is checked, read and written in one place, so that what is written reads the same.
import { z } from 'zod'
import { AppError } from '../errors'

export const datasetParts = ['train', 'validation', 'test'] as const
export type DatasetPart = (typeof datasetParts)[number]

export const clipStatuses = ['unlabeled', 'done', 'reviewed', 'accepted', 'returned'] as const
export type ClipStatus = (typeof clipStatuses)[number]

const clipFlags = ['labeled', 'unlabeled', 'annotated', 'complete', 'right', 'wrong', 'missing'] as const

/**
 * Which clips, and in what order: the one language of the library, the confusion matrix, training,
 * export and the command line. Every part narrows the list; an empty query is every clip.
 */
export const clipQuerySchema = z.strictObject({
  /** Words that must each occur in the recording's path, a label's name, the group, a note or a value of metadata. */
  text: z.string().max(500).default(''),
  labels: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        state: z.enum(['present', 'absent', 'unknown']),
        isNegated: z.boolean(),
      }),
    )
    .max(50)
    .default([]),
  /** On each of which, or certainly below it in the tree, a class is present. */
  under: z.array(z.string().min(1).max(200)).max(20).default([]),
  /** Any of these folds. */
  folds: z.array(z.string().max(100)).max(100).default([]),
  /** Any of these parts of the dataset. */
  splits: z.array(z.enum(datasetParts)).max(3).default([]),
  /** Any of these places in the review. */
  statuses: z.array(z.enum(clipStatuses)).max(5).default([]),
  group: z.string().max(200).nullable().default(null),
  /** Any of these people judged a class of the clip or drew an annotation. */
  authors: z.array(z.string().min(1).max(100)).max(20).default([]),
  /** What stands in the clip's note or in one of its annotations'. */
  note: z.string().max(500).nullable().default(null),
  /** Values that must all be there, by the name of the metadata. */
  metadata: z
    .array(z.strictObject({ name: z.string().min(1).max(200), value: z.string().max(1000) }))
    .max(20)
    .default([]),
  /** Classes of which each a proposal waits, perhaps of at least, or at most, some score. */
  proposals: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        minScore: z.number().min(0).max(1).nullable(),
        maxScore: z.number().min(0).max(1).nullable(),
      }),
    )
    .max(20)
    .default([]),
  /** What the clips have not: 'split', 'fold', 'group', 'label', 'note', 'embedding', 'proposals' or a name of metadata. */
  lacks: z.array(z.string().min(1).max(200)).max(20).default([]),
  minSeconds: z.number().min(0).nullable().default(null),
  maxSeconds: z.number().min(0).nullable().default(null),
  is: z.array(z.enum(clipFlags)).max(7).default([]),
  /** Terms in the text form, of which none may hold. */
  not: z.array(z.string().min(1).max(1300)).max(20).default([]),
  /** Only clips that this run (its id, its number as in 'run3', or 'last') predicted; `truth`, `was`, `predicted`, `right` and `wrong` refer to it. */
  runId: z.string().max(100).nullable().default(null),
  /** Of the run's score for the class that it predicted, 0 to 1. */
  minScore: z.number().min(0).max(1).nullable().default(null),
  maxScore: z.number().min(0).max(1).nullable().default(null),
  /** A run whose prediction is not the clip's one present class; it need not be the query's run. */
  disagrees: z.string().max(100).nullable().default(null),
  truth: z.string().max(200).nullable().default(null),
  predicted: z.string().max(200).nullable().default(null),
  /** As `truth`, but by the label the clip had when the run was trained; `right` and `wrong` then follow it. */
  was: z.string().max(200).nullable().default(null),
  order: z.enum(['path', 'fold', 'duration', 'score', 'label']).default('path'),
  direction: z.enum(['ascending', 'descending']).default('ascending'),
})

export type ClipQuery = z.infer<typeof clipQuerySchema>

export const everyClip: ClipQuery = clipQuerySchema.parse({})

interface Token {
  at: number
  key: string | null
  /** Only names of metadata are. */
  isKeyQuoted: boolean
  value: string
  isNegated: boolean
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const pattern = /(-?)(?:([A-Za-z][\w.-]*|"(?:[^"\\]|\\.)*"):)?("(?:[^"\\]|\\.)*"?|\S+)/gy
  let position = 0
  while (position < source.length) {
    if (/\s/.test(source[position]!)) {
      position++
      continue
    }
    pattern.lastIndex = position
    const match = pattern.exec(source)
    if (!match) throw complain('Cannot read this', position)
    const [whole, minus, key, raw] = match
    const read = (text: string): string => {
      if (!text.startsWith('"')) return text
      if (text.length < 2 || !text.endsWith('"')) throw complain('A closing quotation mark is missing', position)
      return text.slice(1, -1).replace(/\\(.)/g, '$1')
    }
    tokens.push({
      at: position,
      key: key === undefined ? null : read(key),
      isKeyQuoted: key?.startsWith('"') ?? false,
      value: read(raw!),
      isNegated: minus === '-',
    })
    position += whole.length
  }
  return tokens
}

function complain(what: string, at: number): AppError {
  return new AppError('invalid-argument', `${what} (at character ${at + 1} of the query).`, {
    hint: 'Examples: label:dog  -label:rain  fold:4  is:wrong  duration:>2s  "a phrase"',
  })
}

/** The keys of the language, those of metadata apart. */
export const queryKeys = [
  'label',
  'present',
  'absent',
  'unknown',
  'under',
  'fold',
  'split',
  'status',
  'group',
  'by',
  'note',
  'proposal',
  'no',
  'has',
  'missing',
  'duration',
  'is',
  'run',
  'model',
  'score',
  'disagrees',
  'true',
  'was',
  'predicted',
  'sort',
] as const
type QueryKey = (typeof queryKeys)[number]

/** Keys that say something of the list as a whole, or of the run that others refer to. */
const positiveKeys = new Set<QueryKey>(['run', 'model', 'sort', 'score', 'true', 'was', 'predicted'])
/** Keys that have a negation of their own. */
const labelKeys = new Set<QueryKey>(['label', 'present', 'absent', 'unknown'])

/**
 * Reads the text form: `label:dog present:"Dog bark" -unknown:rain split:train fold:5 duration:>2s site:harbour by:anna
 * status:reviewed no:split is:wrong model:run3 score:0.4..0.6 disagrees:run3 true:dog predicted:rain sort:-score words`.
 * A key that is none of the language's, nor nearly one of them, names metadata; a minus before a term asks for the clips that it does not fit.
 * `parseClipQuery(formatClipQuery(q))` is `q`.
 * @throws AppError 'invalid-argument' that points at the character.
 */
export function parseClipQuery(source: string): ClipQuery {
  const query = parseTerms(source)
  requireRun(query)
  return query
}

/** Reads one of `ClipQuery.not`: it may refer to the run of the query that it stands in. @throws AppError 'invalid-argument' */
export function parseTerms(source: string): ClipQuery {
  const query: ClipQuery = structuredClone(everyClip)
  const words: string[] = []
  for (const typed of tokenize(source)) {
    if (typed.key === 'has' && !typed.isKeyQuoted && typed.value === '') throw complain('has: wants a value', typed.at)
    const token = readHas(typed)
    const { key, value, isNegated, at } = token
    if (key !== null && value === '') throw complain(`${key}: wants a value`, at)
    if (isNegated && key === null && value === '')
      throw complain('A minus wants a term after it, as in -label:rain', at)
    const known = key === null || token.isKeyQuoted ? undefined : queryKeys.find((name) => name === key)
    if (isNegated && !(known && labelKeys.has(known))) {
      if (known && positiveKeys.has(known)) throw complain(`${key}: cannot be negated`, at)
      const term: ClipQuery = structuredClone(everyClip)
      addTerm(term, known, token)
      query.not.push(key === null ? quote(value) : formatClipQuery(term))
    } else if (key === null) words.push(value)
    else addTerm(query, known, token)
  }
  query.text = words.join(' ')
  return query
}

/** What clips have is what they do not lack. */
function readHas(token: Token): Token {
  return token.key === 'has' && !token.isKeyQuoted ? { ...token, key: 'no', isNegated: !token.isNegated } : token
}

/** Adds what one term says. @param known its key, undefined for a word or for metadata */
function addTerm(query: ClipQuery, known: QueryKey | undefined, token: Token): void {
  const { key, value, isNegated, at } = token
  const oneOf = <T extends string>(choices: readonly T[], name: string, others = ''): T => {
    const found = choices.find((choice) => choice === name)
    if (found === undefined)
      throw complain(`${key}:${name} is not known; use ${choices.join(', ')}${others}${suggest(name, choices)}`, at)
    return found
  }
  switch (known) {
    case undefined:
      if (key === null) query.text = value
      else {
        const similar = token.isKeyQuoted ? null : findSimilarKey(key)
        if (similar !== null)
          throw complain(
            `${key}: is not a key; did you mean ${similar}:? Metadata of that name is written "${key}":…`,
            at,
          )
        query.metadata.push({ name: key, value })
      }
      break
    case 'label':
    case 'present':
      query.labels.push({ name: value, state: 'present', isNegated })
      break
    case 'absent':
    case 'unknown':
      query.labels.push({ name: value, state: known, isNegated })
      break
    case 'under':
      query.under.push(value)
      break
    case 'fold':
      query.folds.push(...splitList(value))
      break
    case 'split':
      for (const name of splitList(value)) query.splits.push(oneOf(datasetParts, name, ' or no:split'))
      break
    case 'status':
      for (const name of splitList(value)) {
        // What is to be reviewed: it was labeled, and nobody has looked at it since.
        query.statuses.push(name === 'unreviewed' ? 'done' : oneOf(clipStatuses, name, ' or unreviewed'))
      }
      break
    case 'by':
      query.authors.push(...splitList(value))
      break
    case 'note':
      query.note = value
      break
    case 'proposal':
      query.proposals.push(readProposal(value, at))
      break
    case 'no':
    case 'has': // turned into no: by readHas
      query.lacks.push(value)
      break
    case 'missing':
      query.is.push(oneOf(['audio'], value) && 'missing')
      break
    case 'group':
      query.group = value
      break
    case 'duration':
      readDuration(query, value, at)
      break
    case 'score':
      readScore(query, value, at)
      break
    case 'is':
      query.is.push(oneOf(clipFlags, value))
      break
    case 'run':
    case 'model':
      query.runId = value
      break
    case 'disagrees':
      query.disagrees = value
      break
    case 'true':
      query.truth = value
      break
    case 'was':
      query.was = value
      break
    case 'predicted':
      query.predicted = value
      break
    case 'sort':
      query.order = oneOf(clipQuerySchema.shape.order.unwrap().options, value.replace(/^-/, ''))
      query.direction = value.startsWith('-') ? 'descending' : 'ascending'
      break
  }
}

const splitList = (value: string): string[] => value.split(',').filter((part) => part !== '')

function requireRun(query: ClipQuery): void {
  if (query.runId !== null) return
  const needsRun =
    query.truth ??
    query.was ??
    query.predicted ??
    query.minScore ??
    query.maxScore ??
    query.is.find((flag) => flag === 'right' || flag === 'wrong')
  if (needsRun !== undefined && needsRun !== null)
    throw complain('true:, was:, predicted:, score:, is:right and is:wrong want a run: as well', 0)
}

/** `; did you mean …?` where one of the choices is nearly what was typed. */
function suggest(typed: string, choices: readonly string[]): string {
  const near = choices
    .map((choice) => ({ choice, distance: editDistance(typed, choice) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return near && near.distance <= 2 ? `; did you mean ${near.choice}?` : ''
}

/** A key of the language that is nearly this one, as "sotr" is nearly "sort"; null where none is or the key is one. */
export function findSimilarKey(key: string): string | null {
  if (queryKeys.some((known) => known === key) || key.length < 3) return null
  return queryKeys.find((known) => known.length > 2 && editDistance(key, known) <= 1) ?? null
}

/** How many letters are to be added, dropped, changed, or swapped with their neighbour (Damerau, 1964). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1)
      row.push(best)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

function readScore(query: ClipQuery, value: string, at: number): void {
  const number = '(0(?:\\.\\d+)?|1(?:\\.0+)?|\\.\\d+)'
  const span = new RegExp(`^${number}?\\.\\.${number}?$`).exec(value)
  const bound = new RegExp(`^([<>]=?)${number}$`).exec(value)
  if (span && (span[1] !== undefined || span[2] !== undefined)) {
    query.minScore = span[1] === undefined ? null : Number(span[1])
    query.maxScore = span[2] === undefined ? null : Number(span[2])
  } else if (bound) {
    if (bound[1]!.startsWith('>')) query.minScore = Number(bound[2])
    else query.maxScore = Number(bound[2])
  } else throw complain(`score:${value} is not a span from 0 to 1; write score:0.4..0.6, score:>0.9 or score:<0.5`, at)
}

/** `dog`, `dog>0.5`, `dog<0.3`: a sign is a bound where a number ends the value. */
function readProposal(value: string, at: number): ClipQuery['proposals'][number] {
  const bound = /^(.+)([<>])=?(\d*\.?\d+)$/s.exec(value)
  if (!bound) return { name: value, minScore: null, maxScore: null }
  const score = Number(bound[3])
  if (score > 1) throw complain(`proposal:${value} has no score from 0 to 1; write proposal:dog>0.5`, at)
  return {
    name: bound[1]!,
    minScore: bound[2] === '>' ? score : null,
    maxScore: bound[2] === '<' ? score : null,
  }
}

function readDuration(query: ClipQuery, value: string, at: number): void {
  const span = /^(\d+(?:\.\d+)?)?\.\.(\d+(?:\.\d+)?)?s?$/.exec(value)
  const bound = /^([<>]=?)(\d+(?:\.\d+)?)s?$/.exec(value)
  if (span && (span[1] !== undefined || span[2] !== undefined)) {
    query.minSeconds = span[1] === undefined ? null : Number(span[1])
    query.maxSeconds = span[2] === undefined ? null : Number(span[2])
  } else if (bound) {
    if (bound[1]!.startsWith('>')) query.minSeconds = Number(bound[2])
    else query.maxSeconds = Number(bound[2])
  } else throw complain(`duration:${value} is not a span; write duration:>2s, duration:<5 or duration:1..3`, at)
}

function quote(value: string): string {
  return /^[^\s"\\:-][^\s"\\:]*$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** Writes a query as the text that `parseClipQuery` reads. */
export function formatClipQuery(query: ClipQuery): string {
  const parts: string[] = []
  for (const label of query.labels)
    parts.push(`${label.isNegated ? '-' : ''}${label.state === 'present' ? 'label' : label.state}:${quote(label.name)}`)
  for (const name of query.under) parts.push(`under:${quote(name)}`)
  if (query.folds.length > 0) parts.push(`fold:${quote(query.folds.join(','))}`)
  if (query.splits.length > 0) parts.push(`split:${query.splits.join(',')}`)
  for (const { name, value } of query.metadata) {
    const isPlain =
      /^[A-Za-z][\w.-]*$/.test(name) && !queryKeys.some((key) => key === name) && findSimilarKey(name) === null
    parts.push(`${isPlain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`}:${quote(value)}`)
  }
  if (query.statuses.length > 0) parts.push(`status:${query.statuses.join(',')}`)
  if (query.authors.length > 0) parts.push(`by:${quote(query.authors.join(','))}`)
  if (query.note !== null) parts.push(`note:${quote(query.note)}`)
  for (const { name, minScore, maxScore } of query.proposals) {
    const bounds = minScore === null ? (maxScore === null ? '' : `<${maxScore}`) : `>${minScore}`
    parts.push(`proposal:${quote(name + bounds)}`)
  }
  for (const name of query.lacks) parts.push(`no:${quote(name)}`)
  if (query.group !== null) parts.push(`group:${quote(query.group)}`)
  if (query.minSeconds !== null && query.maxSeconds !== null)
    parts.push(`duration:${query.minSeconds}..${query.maxSeconds}s`)
  else if (query.minSeconds !== null) parts.push(`duration:>${query.minSeconds}s`)
  else if (query.maxSeconds !== null) parts.push(`duration:<${query.maxSeconds}s`)
  for (const flag of query.is) parts.push(`is:${flag}`)
  if (query.runId !== null) parts.push(`run:${quote(query.runId)}`)
  if (query.minScore !== null && query.maxScore !== null) parts.push(`score:${query.minScore}..${query.maxScore}`)
  else if (query.minScore !== null) parts.push(`score:>${query.minScore}`)
  else if (query.maxScore !== null) parts.push(`score:<${query.maxScore}`)
  if (query.disagrees !== null) parts.push(`disagrees:${quote(query.disagrees)}`)
  if (query.truth !== null) parts.push(`true:${quote(query.truth)}`)
  if (query.was !== null) parts.push(`was:${quote(query.was)}`)
  if (query.predicted !== null) parts.push(`predicted:${quote(query.predicted)}`)
  if (query.order !== 'path' || query.direction !== 'ascending')
    parts.push(`sort:${query.direction === 'descending' ? '-' : ''}${query.order}`)
  for (const term of query.not) parts.push(`-${term}`)
  for (const word of query.text.split(/\s+/)) if (word !== '') parts.push(quote(word))
  return parts.join(' ')
}
