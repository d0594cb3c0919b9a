/** What several exporters do alike. */
import type { ClipList, ExportClip } from '../../shared/job/manifest'
import { isWholeRecording, type PlannedFile } from './export-plan'
import { stemOf, UniqueNames } from './unique-names'

/** The names of a clip's present classes, sorted. */
export function presentNames(clip: ExportClip): string[] {
  return clip.labels
    .filter((label) => label.state === 'present')
    .map((label) => label.className)
    .sort()
}

export const countAbsent = (clip: ExportClip): number => clip.labels.filter(({ state }) => state === 'absent').length

/** Longest key without its number, in bytes: a tar header holds names of 100. */
const maxKeyBytes = 70
const utf8 = new TextEncoder()

/** Makes keys of what all readers take: letters, digits, `_` and `-`, without dots. */
export class Keys {
  private readonly names = new UniqueNames()

  /** The key of a clip, which is asked for once. */
  next(clip: ExportClip): string {
    const span = isWholeRecording(clip) ? '' : `_${Math.round(clip.startSeconds * 1000)}`
    return this.names.next(`${toKey(clip.recordingPath)}${span}`)
  }

  /** The key of a clip's recording, the same for all its clips. */
  ofRecording(clip: ExportClip): string {
    return this.names.nameOf(clip.path, toKey(clip.recordingPath))
  }
}

function toKey(recordingPath: string): string {
  let stem = stemOf(recordingPath)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '_')
  while (utf8.encode(stem).length > maxKeyBytes) stem = stem.slice(1)
  return stem || 'clip'
}

/** Clips with their keys and places in the list. */
export function* withKeys(clips: ClipList): Generator<{ clip: ExportClip; key: string; index: number }> {
  const keys = new Keys()
  let index = 0
  for (const clip of clips) yield { clip, key: keys.next(clip), index: index++ }
}

/** The length of a clip as records say it. */
export const durationOf = (clip: ExportClip): number => Number((clip.endSeconds - clip.startSeconds).toFixed(6))

/** Text lines in pieces of some thousand, so that a large table is never one string. */
export function inPieces(path: string, lines: Iterable<string>): Generator<PlannedFile> {
  return joinPieces(
    path,
    (function* () {
      for (const line of lines) yield `${line}\n`
    })(),
  )
}

/** Texts of any kind in pieces of some hundred kilobytes. */
export function* joinPieces(path: string, texts: Iterable<string>): Generator<PlannedFile> {
  let piece: string[] = []
  let length = 0
  for (const text of texts) {
    piece.push(text)
    length += text.length
    if (length < 1 << 18) continue
    yield { path, content: piece.join('') }
    piece = []
    length = 0
  }
  if (piece.length > 0) yield { path, content: piece.join('') }
}

/** The texts of a JSON array, item by item. */
export function* jsonArray(items: Iterable<unknown>): Generator<string> {
  let isFirst = true
  for (const item of items) {
    yield `${isFirst ? '[' : ','}\n${JSON.stringify(item)}`
    isFirst = false
  }
  yield isFirst ? '[]' : '\n]'
}

/** In the order of their UTF-8 bytes, as the C locale sorts: UTF-16 puts signs beyond U+FFFF before some others. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const isFar = isSurrogate(x)
    return isFar === isSurrogate(y) ? x - y : isFar ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff
