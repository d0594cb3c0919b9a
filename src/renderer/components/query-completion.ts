import { clipStatuses, datasetParts, findSimilarKey } from '../../shared/contract/clip-query'
import type { QuerySuggestion } from '../../shared/contract/clips'

export interface Completion {
  /** What replaces the token at the caret. */
  insert: string
  title: string
  detail: string
}

/** Values of a query that the page knows itself. */
export interface QueryVocabulary {
  classes: readonly { name: string; count: number }[]
  folds: readonly { fold: string | null; count: number }[]
}

export interface CompletionSpan {
  from: number
  to: number
  options: Completion[]
  /** What the host knows more of; '' asks for names of metadata. */
  ask?: { key: string; prefix: string }
}

const keys: [string, string][] = [
  ['label:', 'the class is present'],
  ['-label:', 'the class is not marked present'],
  ['absent:', 'the class is marked absent'],
  ['unknown:', 'nobody has judged the class'],
  ['fold:', 'one fold, or several: 1,2'],
  ['split:', 'train, validation or test'],
  ['proposal:', 'a class that a model proposes: dog, dog>0.5'],
  ['no:', 'has none: no:split, no:site'],
  ['has:', 'has one: has:proposals, has:site'],
  ['is:', 'labeled, unlabeled, annotated, missing …'],
  ['duration:', 'a span: >2s, <5s, 1..3s'],
  ['group:', 'clips of one source'],
  ['status:', 'unlabeled, done, reviewed, accepted, returned'],
  ['by:', 'who judged or drew something'],
  ['note:', 'what a note says'],
  ['missing:', 'missing:audio: the file is gone'],
  ['sort:', 'the order: path, -duration …'],
  ['run:', 'clips that a run predicted'],
  ['model:', 'the same: model:run3, model:last'],
  ['score:', 'the run’s score, with run:  0.4..0.6, >0.9'],
  ['disagrees:', 'a run said another class'],
  ['true:', 'their class, with run:'],
  ['was:', 'their class when the run was trained'],
  ['predicted:', 'what the run said, with run:'],
]

const flags: [string, string][] = [
  ['labeled', 'has a judged class'],
  ['unlabeled', 'has none'],
  ['annotated', 'has segments'],
  ['complete', 'every class not present is absent'],
  ['missing', 'the file is gone'],
  ['right', 'the run was right, with run:'],
  ['wrong', 'the run was wrong, with run:'],
]

const orders = ['path', '-path', 'fold', 'duration', '-duration', 'label', 'score', '-score']

const quoted = (value: string): string =>
  /^[^\s"\\:-][^\s"\\:]*$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`

/** The span of the token around the caret: [from, to). Quoted values may hold spaces. */
export function tokenAt(text: string, caret: number): { from: number; to: number } {
  let from = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index++) {
    const sign = text[index]!
    if (sign === '"' && text[index - 1] !== '\\') isQuoted = !isQuoted
    else if (!isQuoted && /\s/.test(sign)) {
      if (index >= caret) return { from, to: index }
      from = index + 1
    }
  }
  return { from, to: text.length }
}

/**
 * What may stand at the caret of a query: keys of the language, or the values of the key before it.
 * @param facets the catalog's classes and folds, null while unknown.
 */
export function completeQuery(text: string, caret: number, facets: QueryVocabulary | null, limit = 12): CompletionSpan {
  const { from, to } = tokenAt(text, caret)
  const typed = text.slice(from, caret)
  const colon = /^(-?[A-Za-z][\w.-]*):(.*)$/s.exec(typed)
  if (!colon) {
    const wanted = typed.toLowerCase()
    const options = keys
      .filter(([key]) => key.startsWith(wanted) && key !== wanted)
      .map(([key, detail]) => ({ insert: key, title: key, detail }))
    // A word may be meant as a class.
    const classes =
      wanted.length < 2
        ? []
        : (facets?.classes ?? [])
            .filter(({ name }) => name.toLowerCase().includes(wanted))
            .map(({ name, count }) => ({
              insert: `label:${quoted(name)} `,
              title: `label:${name}`,
              detail: String(count),
            }))
    const near = findSimilarKey(wanted.replace(/^-/, ''))
    const meant = near === null ? [] : [{ insert: `${near}:`, title: `${near}:`, detail: 'did you mean this?' }]
    return {
      from,
      to,
      options: [...options, ...meant, ...classes].slice(0, limit),
      ...(wanted.length > 0 && !wanted.startsWith('-') ? { ask: { key: '', prefix: typed } } : {}),
    }
  }
  const key = colon[1]!
  const value = colon[2]!.replace(/^"/, '').toLowerCase()
  const offer = (values: { value: string; detail: string }[]): CompletionSpan => ({
    from,
    to,
    options: values
      .filter((entry) => entry.value.toLowerCase().includes(value) && entry.value.toLowerCase() !== value)
      .slice(0, limit)
      .map((entry) => ({ insert: `${key}:${quoted(entry.value)} `, title: entry.value, detail: entry.detail })),
  })
  switch (key.replace(/^-/, '')) {
    case 'label':
    case 'present':
    case 'absent':
    case 'unknown':
    case 'proposal':
    case 'true':
    case 'was':
    case 'predicted':
      return offer((facets?.classes ?? []).map(({ name, count }) => ({ value: name, detail: `${count} clips` })))
    case 'fold':
      return offer(
        (facets?.folds ?? []).flatMap(({ fold, count }) =>
          fold === null ? [] : [{ value: fold, detail: `${count} clips` }],
        ),
      )
    case 'is':
      return offer(flags.map(([flag, detail]) => ({ value: flag, detail })))
    case 'sort':
      return {
        from,
        to,
        options: orders
          .filter((order) => order.startsWith(value) && order !== value)
          .map((order) => ({ insert: `sort:${order} `, title: order, detail: '' })),
      }
    case 'split':
      return offer(datasetParts.map((part) => ({ value: part, detail: '' })))
    case 'status':
      return offer([...clipStatuses, 'unreviewed'].map((status) => ({ value: status, detail: '' })))
    case 'missing':
      return offer([{ value: 'audio', detail: 'the file is gone' }])
    case 'no':
    case 'has':
      return {
        ...offer(
          ['label', 'proposals', 'split', 'fold', 'group', 'note', 'embedding'].map((value) => ({
            value,
            detail: /^-?no$/.test(key) ? 'has none' : 'has one',
          })),
        ),
        ask: { key: key.replace(/^-/, ''), prefix: value },
      }
    case 'duration':
    case 'score':
    case 'note':
      return { from, to, options: [] }
    default: {
      const near = findSimilarKey(key)
      const meant = near === null ? [] : [{ insert: `${near}:`, title: `${near}:`, detail: 'did you mean this?' }]
      return { from, to, options: meant, ask: { key: key.replace(/^-/, ''), prefix: colon[2]!.replace(/^"/, '') } }
    }
  }
}

/** A completion with what the host suggested behind what was known here. */
export function addSuggestions(
  text: string,
  span: CompletionSpan,
  suggestions: readonly QuerySuggestion[],
  limit = 12,
): CompletionSpan {
  const key = span.ask?.key ?? ''
  const minus = text[span.from] === '-' ? '-' : ''
  const more = suggestions.map(({ value, detail }) =>
    key === ''
      ? { insert: `${quotedKey(value)}:`, title: `${value}:`, detail }
      : { insert: `${minus}${quotedKey(key)}:${quoted(value)} `, title: value, detail },
  )
  const titles = new Set(span.options.map(({ title }) => title))
  return { ...span, options: [...span.options, ...more.filter(({ title }) => !titles.has(title))].slice(0, limit) }
}

const quotedKey = (name: string): string =>
  /^[A-Za-z][\w.-]*$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`

/** The character (from 0) that a query's error message points at, null when it points at none. */
export function errorCharacter(message: string): number | null {
  const match = /at character (\d+)/.exec(message)
  return match ? Number(match[1]) - 1 : null
}
