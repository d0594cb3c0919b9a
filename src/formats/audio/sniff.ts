/** What a file is, by its content; names and extensions are not looked at. */
import { type ByteSource, textAt } from './byte-source'
import { isAdts, isMp4 } from './adts'
import type { AudioFormat } from './decoded-audio'
import { isOgg, readOggHead } from './ogg'
import { findFirstFrame } from './mpeg'

export type Sniffed = { format: AudioFormat } | { format: null; kind: string | null }

/** Length of an ID3v2 tag at the start, 0 where there is none. */
export function id3Length(source: ByteSource): number {
  const bytes = source.read(0, 10)
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!
  return 10 + size + (bytes[5]! & 0x10 ? 10 : 0)
}

/** Where an ID3v1 tag at the end begins; the size where there is none. */
export function tailTagAt(source: ByteSource): number {
  return textAt(source, Math.max(0, source.size - 128), 3) === 'TAG' ? Math.max(0, source.size - 128) : source.size
}

const foreign: [string, number, string][] = [
  ['\x1aE\xdf\xa3', 0, 'a Matroska or WebM file'],
  ['0&\xb2u', 0, 'a Windows Media file'],
  ['.snd', 0, 'a Sun AU file'],
  ['NIST_1A', 0, 'a NIST SPHERE file'],
  ['caff', 0, 'a Core Audio (CAF) file'],
  ['wvpk', 0, 'a WavPack file'],
  ['RIFX', 0, 'a big-endian WAV (RIFX) file'],
  ['RIFF', 0, 'a RIFF file without WAVE inside'],
  ['version https://git-lfs', 0, 'a Git LFS pointer, not the sound itself (run: git lfs pull)'],
  ['/annex/', 0, 'a git-annex pointer, not the sound itself (run: git annex get)'],
  ['\x89PNG', 0, 'a PNG image'],
  ['\xff\xd8\xff', 0, 'a JPEG image'],
  ['%PDF', 0, 'a PDF document'],
  ['PK\x03\x04', 0, 'a ZIP archive'],
  ['\x1f\x8b', 0, 'a gzip archive'],
  ['<!DOCTYPE', 0, 'a web page'],
  ['<html', 0, 'a web page'],
]

/** What Sony Wave64 begins with: the GUIDs of `riff` and `wave` around the file's size. */
const w64Marks = ['riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0', 'wave\xf3\xac\xd3\x11']

/** The audio format of a file, or what else it seems to be. */
export function sniffAudio(source: ByteSource): Sniffed {
  const head = textAt(source, 0, 40)
  if (/^(RIFF|RF64|BW64)/.test(head) && head.startsWith('WAVE', 8)) return { format: 'wav' }
  if (head.startsWith(w64Marks[0]!) && head.startsWith(w64Marks[1]!, 24)) return { format: 'w64' }
  if (/^FORM[^]{4}AIF[FC]/.test(head)) return { format: 'aiff' }
  const tagEnd = id3Length(source)
  if (textAt(source, tagEnd, 4) === 'fLaC') return { format: 'flac' }
  if (isOgg(source)) {
    const codec = readOggHead(source)?.codec
    return codec ? { format: codec } : { format: null, kind: 'an Ogg file without Vorbis, Opus or FLAC sound' }
  }
  if (isMp4(source) || isAdts(source, tagEnd)) return { format: 'aac' }
  const known = foreign.find(([mark, at]) => head.startsWith(mark, at))
  if (known) return { format: null, kind: known[2] }
  return findFirstFrame(source, tagEnd) ? { format: 'mp3' } : { format: null, kind: null }
}

const extensionFormats: Record<string, AudioFormat[]> = {
  wav: ['wav'],
  wave: ['wav'],
  bwf: ['wav'],
  rf64: ['wav'],
  bw64: ['wav'],
  w64: ['w64'],
  flac: ['flac'],
  mp3: ['mp3'],
  m4a: ['aac'],
  m4b: ['aac'],
  mp4: ['aac'],
  aac: ['aac'],
  ogg: ['ogg-vorbis', 'opus', 'flac'],
  oga: ['ogg-vorbis', 'opus', 'flac'],
  opus: ['opus'],
  aif: ['aiff'],
  aiff: ['aiff'],
  aifc: ['aiff'],
}

/** Extensions (lower case, without the dot) of the files that can be decoded. */
export const audioExtensions: readonly string[] = Object.keys(extensionFormats)

/** A warning where the extension of `name` promises another format than the file holds; null otherwise. */
export function describeMismatch(name: string, format: AudioFormat): string | null {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const promised = extensionFormats[extension]
  return promised && !promised.includes(format) ? `the extension says .${extension}, the content is ${format}` : null
}
