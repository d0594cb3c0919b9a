import { AppError } from '../../../shared/errors'
import type { ClipDraft } from '../../../shared/job/worker-event'
import type { ImportPlan, Importer } from '../import-plan'
import { textDataset, type DatasetTexts } from './text-dataset'

/** Mulberry32: small, seeded, the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const nastyFields = [
  '',
  '"',
  '""',
  '#NAME?',
  '-1',
  '1e309',
  'NaN',
  '0x10',
  '1,5',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '\u0000',
  '\ufeff',
  '𝄞'.repeat(50),
  'x'.repeat(10_000),
  '{"a":',
  '[[[[',
  'null',
  '999999999999999999999',
]

type Random = () => number
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!

/** Mutations that know lines and fields, and some that do not. */
const mutations: ((text: string, random: Random) => string)[] = [
  (text, random) => editLines(text, (lines) => void lines.splice(at(lines, random), 1)),
  (text, random) => editLines(text, (lines) => void lines.splice(at(lines, random), 0, pick(random, lines))),
  (text, random) => editLines(text, (lines) => void lines.reverse().push(pick(random, nastyFields))),
  (text, random) => editField(text, random, () => pick(random, nastyFields)),
  (text, random) => editField(text, random, (field) => `"${field}`),
  (text, random) => editField(text, random, (field) => `${field},${field}`),
  (text, random) => editField(text, random, (field) => `"${field.replaceAll('"', '""')}\r\n"`),
  (text) => `\ufeff${text}`,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('\n', '\r'),
  (text) => text.replaceAll(',', ';'),
  (text) => text.replaceAll('\t', ';'),
  (text) => text.replaceAll(/[,\t]/g, ' '),
  (text, random) => text.slice(0, Math.floor(random() * text.length)),
  (text, random) => text.slice(Math.floor(random() * text.length)),
  (text) => text.toUpperCase(),
  (text) => text.repeat(3),
  (text, random) => splice(text, random, String.fromCharCode(Math.floor(random() * 0x250))),
  (text, random) => splice(text, random, pick(random, nastyFields)),
  () => '',
]

function at(lines: string[], random: Random): number {
  return Math.floor(random() * lines.length)
}

function editLines(text: string, edit: (lines: string[]) => void): string {
  const lines = text.split('\n')
  edit(lines)
  return lines.join('\n')
}

function editField(text: string, random: Random, edit: (field: string) => string): string {
  return editLines(text, (lines) => {
    const index = at(lines, random)
    const parts = lines[index]!.split(/([,;\t:])/)
    const field = Math.floor((random() * (parts.length + 1)) / 2) * 2
    parts[field] = edit(parts[field] ?? '')
    lines[index] = parts.join('')
  })
}

function splice(text: string, random: Random, what: string): string {
  const index = Math.floor(random() * text.length)
  return text.slice(0, index) + what + text.slice(index + (random() < 0.5 ? 1 : 0))
}

/** Now and then bytes that are no text at all. */
function toBytes(text: string, random: Random): string | Uint8Array {
  if (random() > 0.03) return text
  return Uint8Array.from({ length: 64 }, () => Math.floor(random() * 256))
}

export interface FuzzOutcome {
  taken: number
  rejected: number
  slowestMs: number
}

/**
 * Feeds an importer with mutations of a dataset's texts. What it takes must be sound: files of the listing, each
 * once, with numbered rows, and labels only of classes that it declares.
 * @throws Error naming the mutation on anything that is not an AppError, on an unsound plan, or past `limitMs`.
 */
export async function fuzzImporter(
  importer: Importer,
  texts: Record<string, string>,
  sounds: readonly string[],
  { inputs, seed, limitMs }: { inputs: number; seed: number; limitMs: number },
): Promise<FuzzOutcome> {
  const random = randomFrom(seed)
  const outcome: FuzzOutcome = { taken: 0, rejected: 0, slowestMs: 0 }
  for (let input = 0; input < inputs; input++) {
    const mutated: DatasetTexts = { ...texts }
    const path = pick(random, Object.keys(texts))
    let text = texts[path]!
    for (let times = 1 + Math.floor(random() * 3); times > 0; times--) text = pick(random, mutations)(text, random)
    mutated[path] = toBytes(text, random)
    const folder = textDataset(mutated, sounds)
    const startedMs = Date.now()
    try {
      importer.detect(folder.listing)
      checkPlan(await importer.read(folder), folder.listing)
      outcome.taken++
    } catch (thrown) {
      if (!(thrown instanceof AppError))
        throw new Error(`input ${input} of seed ${seed}, ${path}: ${text.slice(0, 500)}`, { cause: thrown })
      outcome.rejected++
    }
    outcome.slowestMs = Math.max(outcome.slowestMs, Date.now() - startedMs)
    if (outcome.slowestMs > limitMs) throw new Error(`input ${input} of seed ${seed} took ${outcome.slowestMs} ms`)
  }
  return outcome
}

export function checkPlan(plan: ImportPlan, listing: readonly string[]): void {
  const known = new Set(listing)
  const classes = new Set(plan.classes.map(({ name }) => name))
  if (classes.size !== plan.classes.length) throw new Error('a class stands twice')
  for (const { path, row, clips } of plan.recordings) {
    if (!known.has(path)) throw new Error(`${path} is not of the listing`)
    if (row !== null && !(Number.isInteger(row) && row >= 1)) throw new Error(`${path} has row ${row}`)
    checkClips(path, clips, classes)
  }
  const paths = [...plan.recordings, ...(plan.withoutSound ?? [])].map(({ path }) => path)
  if (new Set(paths).size !== paths.length) throw new Error('a recording stands twice')
  for (const { path, clips, durationSeconds } of plan.withoutSound ?? []) {
    if (/^\/|^[a-z]:|(^|\/)\.\.?(\/|$)|[\r\n\\]/i.test(path) || path === '')
      throw new Error(`“${path}” is no relative path`)
    if (durationSeconds !== null && !(durationSeconds > 0)) throw new Error(`${path} has no length`)
    checkClips(path, clips, classes)
  }
  if (plan.issues.some(({ reason, file }) => reason === '' || file === '')) throw new Error('an issue says nothing')
}

function checkClips(path: string, clips: readonly ClipDraft[], classes: ReadonlySet<string>): void {
  const checkLabels = (labels: ClipDraft['labels']): void => {
    const names = labels.map(({ className }) => className)
    if (new Set(names).size !== names.length) throw new Error(`${path} has a label twice`)
    const stray = names.find((name) => !classes.has(name))
    if (stray !== undefined) throw new Error(`${path} has the undeclared class ${stray}`)
  }
  for (const { labels, annotations } of clips) {
    checkLabels(labels)
    for (const annotation of annotations ?? []) {
      const { startSeconds, endSeconds, lowHz, highHz, score, tier } = annotation
      if (!(startSeconds >= 0 && endSeconds > startSeconds && endSeconds < Infinity))
        throw new Error(`${path}: a bad span`)
      if (lowHz !== null && highHz !== null && !(highHz > lowHz)) throw new Error(`${path}: bad bounds`)
      if (score !== null && !(score >= 0 && score <= 1)) throw new Error(`${path}: a bad score`)
      if (tier === '') throw new Error(`${path}: a tier without a name`)
      checkLabels(annotation.labels)
    }
  }
}
