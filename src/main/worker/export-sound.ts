import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { logmelFrontEnd } from '../../dsp/presets'
import { resample } from '../../dsp/resample'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { PlannedAudio, ReadSound, SoundContainer } from '../../formats/exporters/export-plan'
import { toAppError } from '../../shared/errors'
import type { ExportClip, ExportOptions } from '../../shared/job/manifest'
import { encodeFlac } from './encode-flac'
import { mapInOrder } from './map-in-order'
import type { MediaRunner } from './media-runner'

/** The front end of exported features: that of the catalog's log-mel recipe. */
export const exportFrontEnd = logmelFrontEnd

export type Sound = { sound: ReadSound; hasChanged: boolean } | { reason: string }

/** A clip's sound as its plan wants it: the file's own bytes, its span encoded, its samples or its log-mel values. */
export async function readSound(audio: PlannedAudio, options: ExportOptions, media: MediaRunner): Promise<Sound> {
  try {
    return await read(audio, options, media)
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    // These are not the recording's fault and would befall every other clip as well.
    if (code === 'no-space' || code === 'cancelled') throw thrown
    return { reason: message }
  }
}

async function read(audio: PlannedAudio, options: ExportOptions, media: MediaRunner): Promise<Sound> {
  if (audio.isCopy) {
    const bytes = await readFile(audio.from)
    const hash = createHash('sha256').update(bytes).digest('hex')
    return {
      sound: { kind: 'file', bytes },
      hasChanged: audio.contentHash !== null && hash !== audio.contentHash,
    }
  }
  const span = { path: audio.from, startSeconds: audio.startSeconds, endSeconds: audio.endSeconds }
  if (audio.as === 'features') {
    const { values, frames, bands } = await media.run('features', { ...span, frontEnd: exportFrontEnd })
    return { sound: { kind: 'features', values, frames, bands }, hasChanged: false }
  }
  if (audio.as === 'samples') {
    const wanted = { ...span, sampleRateHz: options.sampleRateHz, channel: 'mean' as const }
    return { sound: { kind: 'samples', ...(await media.run('samples', wanted)) }, hasChanged: false }
  }
  const { channels, sampleRateHz } = await media.run('channels', span)
  return { sound: { kind: 'file', bytes: await encode(channels, sampleRateHz, options) }, hasChanged: false }
}

async function encode(given: Float32Array[], givenHz: number, options: ExportOptions): Promise<Uint8Array> {
  const sampleRateHz = options.sampleRateHz ?? givenHz
  const channels = sampleRateHz === givenHz ? given : given.map((samples) => resample(samples, givenHz, sampleRateHz))
  if (options.encoding === 'flac') return encodeFlac(channels, sampleRateHz)
  return encodeWav(channels, sampleRateHz, options.encoding)
}

export interface Source {
  container: SoundContainer | null
  problem?: string
}

/** Looks at the first bytes of every recording: whether it is there, and what it is whatever its name says. */
export async function openSources(clips: readonly ExportClip[]): Promise<Map<string, Source>> {
  const paths = [...new Set(clips.map((clip) => clip.path))]
  const sources = new Map<string, Source>()
  await mapInOrder(paths, 8, openSource, (source, path) => void sources.set(path, source))
  return sources
}

async function openSource(path: string): Promise<Source> {
  try {
    const file = await open(path, 'r')
    try {
      const head = Buffer.alloc(12)
      await file.read(head, 0, head.length, 0)
      return { container: sniffContainer(head.toString('latin1')) }
    } finally {
      await file.close()
    }
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    return { container: null, problem: code === 'not-found' ? 'the recording’s file is missing' : message }
  }
}

function sniffContainer(head: string): SoundContainer | null {
  if (head.startsWith('RIFF') && head.endsWith('WAVE')) return 'wav'
  if (head.startsWith('OggS')) return 'ogg'
  if (head.startsWith('fLaC')) return 'flac'
  if (head.startsWith('ID3') || /^\xff[\xe2-\xff]/.test(head)) return 'mp3'
  return head.startsWith('FORM') && /AIF[FC]$/.test(head) ? 'aiff' : null
}
