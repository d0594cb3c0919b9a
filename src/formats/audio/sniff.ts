/** What a file is, by its content; names and extensions are not looked at. */
import type { AudioFormat } from './decoded-audio'
import { findOggCodec, isOgg } from './ogg'
import { findFirstFrame } from './mpeg'

export type Sniffed = { format: AudioFormat } | { format: null; kind: string | null }

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

/** Length of an ID3v2 tag at the start of the bytes, 0 where there is none. */
export function id3Length(bytes: Uint8Array): number {
  if (!startsWith(bytes, 'ID3') || bytes.length < 10) return 0
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!
  return 10 + size + (bytes[5]! & 0x10 ? 10 : 0)
}

/** The bytes between an ID3v2 tag at the start and an ID3v1 tag at the end. */
export function withoutTags(bytes: Uint8Array): Uint8Array {
  const hasTail = bytes.length >= 128 && startsWith(bytes, 'TAG', bytes.length - 128)
  return bytes.subarray(id3Length(bytes), hasTail ? bytes.length - 128 : bytes.length)
}

const foreign: [string, number, string][] = [
  ['ftyp', 4, 'an MPEG-4 (AAC/ALAC) file'],
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

/** The audio format of a file, or what else it seems to be. */
export function sniffAudio(bytes: Uint8Array): Sniffed {
  const isWave = startsWith(bytes, 'WAVE', 8)
  if (isWave && (startsWith(bytes, 'RIFF') || startsWith(bytes, 'RF64') || startsWith(bytes, 'BW64')))
    return { format: 'wav' }
  if (startsWith(bytes, 'FORM') && (startsWith(bytes, 'AIFF', 8) || startsWith(bytes, 'AIFC', 8)))
    return { format: 'aiff' }
  const tagEnd = id3Length(bytes)
  if (startsWith(bytes, 'fLaC', tagEnd)) return { format: 'flac' }
  if (isOgg(bytes)) {
    const codec = findOggCodec(bytes)
    return codec ? { format: codec } : { format: null, kind: 'an Ogg file without Vorbis, Opus or FLAC sound' }
  }
  const known = foreign.find(([mark, at]) => startsWith(bytes, mark, at))
  if (known) return { format: null, kind: known[2] }
  return findFirstFrame(bytes, tagEnd) ? { format: 'mp3' } : { format: null, kind: null }
}

const extensionFormats: Record<string, AudioFormat[]> = {
  wav: ['wav'],
  wave: ['wav'],
  bwf: ['wav'],
  flac: ['flac'],
  mp3: ['mp3'],
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
