import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { logmelFrontEnd } from '../../dsp/presets'
import { resample } from '../../dsp/resample'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { PlannedAudio, ReadSound, SoundContainer } from '../../formats/exporters/export-plan'
import { missingSound } from '../../formats/exporters/refuse-clip'
import { toAppError } from '../../shared/errors'
import type { ExportOptions } from '../../shared/job/manifest'
import { encodeFlac } from './encode-flac'
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
  const { path, contentHash, startSeconds, endSeconds } = audio.clip
  if (audio.isCopy) {
    const bytes = await readFile(path)
    const hash = createHash('sha256').update(bytes).digest('hex')
    return { sound: { kind: 'file', bytes }, hasChanged: contentHash !== null && hash !== contentHash }
  }
  const span = { path, startSeconds, endSeconds }
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

/**
 * Looks at the first bytes of a recording: whether it is there, and what it is whatever its name says. Clips of one
 * recording follow each other mostly: the last few are remembered.
 */
export class Sources {
  private readonly recent = new Map<string, Promise<Source>>()

  look(path: string): Promise<Source> {
    const known = this.recent.get(path)
    if (known) return known
    if (this.recent.size >= 64) this.recent.delete(this.recent.keys().next().value!)
    const source = openSource(path)
    this.recent.set(path, source)
    return source
  }
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
    return { container: null, problem: code === 'not-found' ? missingSound : message }
  }
}

function sniffContainer(head: string): SoundContainer | null {
  if (head.startsWith('RIFF') && head.endsWith('WAVE')) return 'wav'
  if (head.startsWith('OggS')) return 'ogg'
  if (head.startsWith('fLaC')) return 'flac'
  if (head.startsWith('ID3') || /^\xff[\xe2-\xff]/.test(head)) return 'mp3'
  return head.startsWith('FORM') && /AIF[FC]$/.test(head) ? 'aiff' : null
}
