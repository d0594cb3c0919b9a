import { z } from 'zod'
import { AppError } from '../errors'

export const datasetParts = ['train', 'validation', 'test'] as const
export type DatasetPart = (typeof datasetParts)[number]

/**
 * Which clips, and in what order: the one language of the library, the confusion matrix, training,
 * export and the command line. Every part narrows the list; an empty query is every clip.
 */
export const clipQuerySchema = z.strictObject({
  /** Words that must all occur in the recording's path, a label's name or the group. */
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
  /** Any of these folds. */
  folds: z.array(z.string().max(100)).max(100).default([]),
  /** Any of these parts of the dataset. */
  splits: z.array(z.enum(datasetParts)).max(3).default([]),
  group: z.string().max(200).nullable().default(null),
  /** Values that must all be there, by the name of the metadata. */
  metadata: z
    .array(z.strictObject({ name: z.string().min(1).max(200), value: z.string().max(1000) }))
    .max(20)
    .default([]),
  /** What the clips have not: 'split', 'fold', 'group', 'label' or a name of metadata. */
  lacks: z.array(z.string().min(1).max(200)).max(20).default([]),
  minSeconds: z.number().min(0).nullable().default(null),
  maxSeconds: z.number().min(0).nullable().default(null),
  is: z
    .array(z.enum(['labeled', 'unlabeled', 'annotated', 'right', 'wrong', 'missing']))
    .max(6)
    .default([]),
  /** Only clips that this run predicted; `truth`, `was`, `predicted`, `right` and `wrong` refer to it. */
  runId: z.string().max(100).nullable().default(null),
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

/**
 * Reads the text form: `label:dog present:"Dog bark" -unknown:rain fold:5 duration:>2s is:wrong run:ID
 * true:dog predicted:rain sort:-score split:train no:fold site:harbour words`, where a key that is none of these names metadata. `parseClipQuery(formatClipQuery(q))` is `q`.
 * @throws AppError 'invalid-argument' that points at the character.
 */
export function parseClipQuery(source: string): ClipQuery {
  const query: ClipQuery = structuredClone(everyClip)
  const words: string[] = []
  for (const token of tokenize(source)) {
    const { key, value, isNegated, at } = token
    if (isNegated && key !== null && !['label', 'present', 'absent', 'unknown'].includes(key))
      throw complain(`${key}: cannot be negated`, at)
    if (key !== null && value === '') throw complain(`${key}: wants a value`, at)
    switch (key) {
      case null:
        if (isNegated) throw complain('A minus wants a label, as in -label:rain', at)
        words.push(value)
        break
      case 'label':
      case 'present':
        query.labels.push({ name: value, state: 'present', isNegated })
        break
      case 'absent':
      case 'unknown':
        query.labels.push({ name: value, state: key, isNegated })
        break
      case 'fold':
        query.folds.push(...value.split(',').filter((fold) => fold !== ''))
        break
      case 'split':
        for (const name of value.split(',')) {
          const part = datasetParts.find((known) => known === name)
          if (!part) throw complain(`split:${name} is not known; use ${datasetParts.join(', ')} or no:split`, at)
          query.splits.push(part)
        }
        break
      case 'no':
        query.lacks.push(value)
        break
      case 'group':
        query.group = value
        break
      case 'duration':
        readDuration(query, value, at)
        break
      case 'is': {
        const flag = clipQuerySchema.shape.is.unwrap().element.safeParse(value)
        if (!flag.success)
          throw complain(`is:${value} is not known; use labeled, unlabeled, annotated, right, wrong or missing`, at)
        query.is.push(flag.data)
        break
      }
      case 'run':
        query.runId = value
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
      case 'sort': {
        const order = clipQuerySchema.shape.order.unwrap().safeParse(value.replace(/^-/, ''))
        if (!order.success) throw complain(`sort:${value} is not known; use path, fold, duration, score or label`, at)
        query.order = order.data
        query.direction = value.startsWith('-') ? 'descending' : 'ascending'
        break
      }
      default:
        query.metadata.push({ name: key, value })
    }
  }
  query.text = words.join(' ')
  if (query.runId === null) {
    const needsRun =
      query.truth ?? query.was ?? query.predicted ?? query.is.find((flag) => flag === 'right' || flag === 'wrong')
    if (needsRun !== undefined && needsRun !== null)
      throw complain('true:, was:, predicted:, is:right and is:wrong want a run: as well', 0)
  }
  return query
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
  if (query.folds.length > 0) parts.push(`fold:${quote(query.folds.join(','))}`)
  if (query.splits.length > 0) parts.push(`split:${query.splits.join(',')}`)
  for (const { name, value } of query.metadata) {
    const isPlain = /^[A-Za-z][\w.-]*$/.test(name)
    parts.push(`${isPlain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`}:${quote(value)}`)
  }
  for (const name of query.lacks) parts.push(`no:${quote(name)}`)
  if (query.group !== null) parts.push(`group:${quote(query.group)}`)
  if (query.minSeconds !== null && query.maxSeconds !== null)
    parts.push(`duration:${query.minSeconds}..${query.maxSeconds}s`)
  else if (query.minSeconds !== null) parts.push(`duration:>${query.minSeconds}s`)
  else if (query.maxSeconds !== null) parts.push(`duration:<${query.maxSeconds}s`)
  for (const flag of query.is) parts.push(`is:${flag}`)
  if (query.runId !== null) parts.push(`run:${quote(query.runId)}`)
  if (query.truth !== null) parts.push(`true:${quote(query.truth)}`)
  if (query.was !== null) parts.push(`was:${quote(query.was)}`)
  if (query.predicted !== null) parts.push(`predicted:${quote(query.predicted)}`)
  if (query.order !== 'path' || query.direction !== 'ascending')
    parts.push(`sort:${query.direction === 'descending' ? '-' : ''}${query.order}`)
  for (const word of query.text.split(/\s+/)) if (word !== '') parts.push(quote(word))
  return parts.join(' ')
}
