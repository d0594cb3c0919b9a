import { below, isOneIn, pick, type Random } from './random'

/** Values that readers trip over: damage by spreadsheets, numbers that are none, paths that climb, names of JavaScript. */
export const nastyTexts = [
  '',
  '"',
  '""',
  '""x""',
  '#NAME?',
  '#REF!',
  '-1',
  '-abc',
  '--help',
  '1e309',
  '-1e309',
  'NaN',
  'nan',
  'Infinity',
  '-inf',
  '0x10',
  '1,5',
  '1.234,5',
  '1e-400',
  '00:00:01.5',
  '99:99:99',
  '../../etc/passwd',
  '/etc/passwd',
  'C:\\Windows\\a.wav',
  '..\\..\\a.wav',
  '\\\\server\\share\\a.wav',
  'file:///etc/passwd',
  'a/./b/../c.wav',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\ud800',
  'e\u0301',
  'İ',
  '𝄞'.repeat(50),
  'x'.repeat(10_000),
  '{"a":',
  '[[[[',
  'null',
  '999999999999999999999',
  '9007199254740993',
  'a\tb',
  'a\nb',
  'a;b',
]

type TextMutation = (text: string, random: Random) => string

const lineEnd = /\r\n|\n|\r/

function editLines(text: string, edit: (lines: string[]) => void): string {
  const lines = text.split('\n')
  edit(lines)
  return lines.join('\n')
}

/** Fields of a line at even places, what divides them at odd ones. */
const divide = (line: string): string[] => line.split(/([,;\t:]| +)/)

function editField(text: string, random: Random, edit: (field: string) => string): string {
  return editLines(text, (lines) => {
    const index = below(random, lines.length)
    const parts = divide(lines[index]!)
    const field = below(random, (parts.length + 1) / 2) * 2
    parts[field] = edit(parts[field] ?? '')
    lines[index] = parts.join('')
  })
}

/** Two fields of one line change places, as start and end do. */
function swapFields(text: string, random: Random): string {
  return editLines(text, (lines) => {
    const index = below(random, lines.length)
    const parts = divide(lines[index]!)
    if (parts.length < 3) return
    const at = below(random, (parts.length - 1) / 2) * 2
    ;[parts[at], parts[at + 2]] = [parts[at + 2]!, parts[at]!]
    lines[index] = parts.join('')
  })
}

/** The same column in every line: left out, put first, or doubled. */
function editColumn(text: string, random: Random): string {
  const delimiter = text.includes('\t') ? '\t' : text.includes(';') && !text.includes(',') ? ';' : ','
  const lines = text.split(lineEnd)
  const column = below(random, lines[0]!.split(delimiter).length)
  const kind = below(random, 3)
  return lines
    .map((line) => {
      const fields = line.split(delimiter)
      const own = fields[column]
      if (own === undefined) return line
      if (kind === 2) fields.push(own)
      else fields.splice(column, 1)
      if (kind === 1) fields.unshift(own)
      return fields.join(delimiter)
    })
    .join('\n')
}

function splice(text: string, random: Random, what: string): string {
  const at = below(random, text.length + 1)
  return text.slice(0, at) + what + text.slice(at + (isOneIn(random, 2) ? 1 : 0))
}

/** Every line ends differently. */
function mixLineEnds(text: string, random: Random): string {
  return text.split(lineEnd).reduce((all, line) => all + pick(random, ['\n', '\r\n', '\r', '\n\n']) + line)
}

const mutations: TextMutation[] = [
  (text, random) => editLines(text, (lines) => void lines.splice(below(random, lines.length), 1)),
  (text, random) => editLines(text, (lines) => void lines.splice(below(random, lines.length), 0, pick(random, lines))),
  (text, random) => editLines(text, (lines) => void lines.reverse().push(pick(random, nastyTexts))),
  (text, random) => editField(text, random, () => pick(random, nastyTexts)),
  (text, random) => editField(text, random, () => pick(random, nastyTexts)),
  (text, random) => editField(text, random, () => pick(random, nastyTexts)),
  (text, random) => editField(text, random, (field) => `-${field}`),
  (text, random) => editField(text, random, (field) => `"${field}`),
  (text, random) => editField(text, random, (field) => `${field},${field}`),
  (text, random) => editField(text, random, (field) => `"${field.replaceAll('"', '""')}\r\n"`),
  (text, random) => editField(text, random, (field) => `""${field}""`),
  (text, random) => editField(text, random, (field) => field.replace('.', ',')),
  (text, random) => editField(text, random, (field) => field.toUpperCase().normalize('NFD')),
  (text, random) => editField(text, random, (field) => field.repeat(1 + below(random, 300))),
  swapFields,
  swapFields,
  editColumn,
  (text) => `\ufeff${text}`,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('\n', '\r'),
  mixLineEnds,
  (text) => text.replaceAll(',', ';'),
  (text) => text.replaceAll('\t', ';'),
  (text) => text.replaceAll(/[,\t]/g, ' '),
  (text) => text.replaceAll('"', ''),
  (text) => text.replaceAll('"', '""'),
  (text, random) => text.slice(0, below(random, text.length + 1)),
  (text, random) => text.slice(below(random, text.length + 1)),
  (text) => text.toUpperCase(),
  (text) => text.repeat(3),
  (text, random) => splice(text, random, String.fromCharCode(below(random, 0x250))),
  (text, random) => splice(text, random, pick(random, nastyTexts)),
  (text, random) => splice(text, random, pick(random, [',', '\t', ';']).repeat(1 + below(random, 20_000))),
  () => '',
]

/** Damages text, knowing of lines, fields and columns. Stays small: what is mutated again and again grows. */
export function mutateText(text: string, random: Random): string {
  let damaged = text
  for (let times = 1 + below(random, 3); times > 0; times--)
    damaged = pick(random, mutations)(damaged, random).slice(0, 300_000)
  return damaged
}

/** Text as bytes: mostly UTF-8, and as old and other systems write it. */
export function encodeText(text: string, random: Random): Uint8Array {
  const kind = random()
  if (kind < 0.94) return new TextEncoder().encode(text)
  if (kind < 0.96) return Uint8Array.from(text, (char) => char.charCodeAt(0) & 255)
  return encodeUtf16(kind < 0.97 ? text : `\ufeff${text}`, isOneIn(random, 2))
}

export function encodeUtf16(text: string, isLittle: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), isLittle)
  return bytes
}
