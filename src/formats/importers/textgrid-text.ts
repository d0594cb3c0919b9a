/**
 * Praat's TextGrid text files, long and short (Praat manual, “TextGrid file formats”). Of both only the free-standing
 * numbers, strings and flags count, in their order; all else, and what follows an exclamation mark, is comment.
 */
import { AppError } from '../../shared/errors'
import { quote } from './quote'

export interface TextGridTier {
  kind: 'intervals' | 'points'
  name: string
  /** Of a point start and end are the same. */
  spans: { startSeconds: number; endSeconds: number; text: string }[]
}

export interface TextGrid {
  endSeconds: number
  tiers: TextGridTier[]
}

type Token = { kind: 'text'; text: string } | { kind: 'number'; value: number } | { kind: 'flag'; text: string }

function* readTokens(text: string): Generator<Token> {
  const pattern = /"|![^\n\r]*|<([^<>\s]*)>|[^\s"]+/g
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [all, flag] = match
    if (all === '"') {
      const end = endOfQuoted(text, pattern.lastIndex)
      if (end < 0) return
      yield { kind: 'text', text: text.slice(pattern.lastIndex, end).replaceAll('""', '"') }
      pattern.lastIndex = end + 1
    } else if (flag !== undefined) yield { kind: 'flag', text: flag }
    else if (/^[-+]?\d{1,15}(\.\d{0,20})?(e[-+]?\d{1,3})?$/i.test(all)) yield { kind: 'number', value: Number(all) }
  }
}

/** Where the quotation mark stands that ends a text, −1 where none does; two of them are one sign of the text. */
function endOfQuoted(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
  return end
}

/** @throws AppError bad-file, unsupported-format */
export function parseTextGrid(text: string, path: string): TextGrid {
  if (text.startsWith('ooBinaryFile'))
    throw new AppError('unsupported-format', `${path} is a binary TextGrid.`, {
      hint: 'Save it as a text file in Praat.',
    })
  const tokens = readTokens(text)
  const next = <K extends Token['kind']>(kind: K, what: string): Extract<Token, { kind: K }> => {
    const { value, done } = tokens.next()
    if (done || value.kind !== kind)
      throw new AppError('bad-file', `${path} is no whole TextGrid: ${what} is missing${done ? ' at its end' : ''}.`)
    return value as Extract<Token, { kind: K }>
  }
  const file = next('text', 'the file type').text
  const object = file === 'ooTextFile' ? next('text', 'the object class').text : ''
  if (object !== 'TextGrid')
    throw new AppError('unsupported-format', `${path} is not a TextGrid but ${quote(object || file)}.`)
  next('number', 'xmin')
  const endSeconds = next('number', 'xmax').value
  const hasTiers = next('flag', 'the flag of tiers').text === 'exists'
  const tiers: TextGridTier[] = []
  const count = hasTiers ? next('number', 'the number of tiers').value : 0
  for (let index = 0; index < count; index++) {
    const tierClass = next('text', `tier ${index + 1}`).text
    if (tierClass !== 'IntervalTier' && tierClass !== 'TextTier')
      throw new AppError('bad-file', `${path}: tier ${index + 1} is a ${quote(tierClass)}.`)
    const name = next('text', `the name of tier ${index + 1}`).text
    next('number', `xmin of tier ${index + 1}`)
    next('number', `xmax of tier ${index + 1}`)
    const size = next('number', `the size of tier ${index + 1}`).value
    const tier: TextGridTier = { kind: tierClass === 'IntervalTier' ? 'intervals' : 'points', name, spans: [] }
    for (let at = 0; at < size; at++) {
      const what = `item ${at + 1} of tier ${quote(name)}`
      const startSeconds = next('number', what).value
      const end = tier.kind === 'intervals' ? next('number', what).value : startSeconds
      tier.spans.push({ startSeconds, endSeconds: end, text: next('text', what).text })
    }
    tiers.push(tier)
  }
  return { endSeconds, tiers }
}
