/** What several exporters do alike. */
import type { ExportClip } from '../../shared/job/manifest'
import { isWholeRecording } from './export-plan'
import { stemOf, UniqueNames } from './unique-names'

/** The names of a clip's present classes, sorted. */
export function presentNames(clip: ExportClip): string[] {
  return clip.labels
    .filter((label) => label.state === 'present')
    .map((label) => label.className)
    .sort()
}

/** Longest key without its number, in bytes: a tar header holds names of 100. */
const maxKeyBytes = 70

/** Keys for clips, made of what all readers take: letters, digits, `_` and `-`, without dots. */
export function makeKeys(clips: readonly ExportClip[]): Map<string, string> {
  const names = new UniqueNames()
  return new Map(
    clips.map((clip) => {
      let stem = stemOf(clip.recordingPath)
        .normalize('NFC')
        .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '_')
      while (new TextEncoder().encode(stem).length > maxKeyBytes) stem = stem.slice(1)
      const span = isWholeRecording(clip) ? '' : `_${Math.round(clip.startSeconds * 1000)}`
      return [clip.id, names.nameOf(clip.id, `${stem || 'clip'}${span}`)]
    }),
  )
}

/** Text lines in pieces of some thousand, so that a large table is never one string. */
export function* inPieces(path: string, lines: Iterable<string>): Generator<{ path: string; content: string }> {
  let piece: string[] = []
  for (const line of lines) {
    piece.push(line)
    if (piece.length < 4096) continue
    yield { path, content: `${piece.join('\n')}\n` }
    piece = []
  }
  if (piece.length > 0) yield { path, content: `${piece.join('\n')}\n` }
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
