/** The cases of src/dsp/reference/front-ends.json, computed: for the tests, and for what docs/signal.md says of them. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { computeFrontEnd, type Spectrogram } from '../../src/dsp/features'
import type { FrontEnd } from '../../src/dsp/front-end'
import { findFrontEndPreset } from '../../src/dsp/front-end-presets'
import { referenceSignal } from '../../src/dsp/reference-signals'
import reference from '../../src/dsp/reference/front-ends.json'
import { computeSegments } from '../../src/dsp/segments'
import { decodeAudio } from '../../src/formats/audio/decode-audio'
import { parseFrontEnd } from '../../src/shared/contract/front-end'

export interface ReferenceCase {
  /** Whose values they are. */
  about: string
  signal: string
  preset: string
  change?: Record<string, unknown>
  drop?: string[]
  unit: string
  /** So many frames at either end have the tolerance 'edge'. */
  edge?: number
  shape: number[]
  /** Largest magnitude of the whole picture. */
  peak: number
  segments?: number
  frames: Record<string, number[]>
}

export const referenceCases = reference as unknown as ReferenceCase[]

/** Largest error of a value that passes, in dB, in logarithms, or as a share of the picture's largest value. */
export const tolerances: Record<string, number> = {
  dB: 1e-3,
  dB10: 1e-2,
  log: 1e-4,
  linear: 1e-5,
  cqt: 1e-4,
  // librosa drops 1 % of each filter's spectrum by default.
  'cqt-sparse': 5e-3,
  // … and what filters of few turns, or with side lobes, hear of negative frequencies.
  'cqt-wide': 5e-3,
  'cqt-direct': 0.02,
  // Of white noise: librosa cuts off what its low-passes spread beyond the ends.
  edge: 0.05,
}

/** Whether the errors of a unit are shares of the picture's largest value. */
export const isShare = (unit: string): boolean => unit === 'linear' || unit === 'edge' || unit.startsWith('cqt')

const digits = resolve(process.env.EARMARK_TEST_DATA ?? '../shared/data', 'fsdd/recordings')

/** Whether the sound of a case is here: some are of the Free Spoken Digits. */
export const hasSound = ({ signal }: ReferenceCase): boolean => !signal.startsWith('fsdd ') || existsSync(digits)

async function signalOf(name: string): Promise<Float32Array> {
  if (!name.startsWith('fsdd ')) return referenceSignal(name)
  const { channels } = await decodeAudio(readFileSync(resolve(digits, name.slice(5))), name)
  return channels[0]!
}

/** The preset with the case's changes by dotted path, as a file of it would be read. */
export function frontEndOf({ preset, change = {}, drop = [] }: ReferenceCase): FrontEnd {
  const copy = JSON.parse(JSON.stringify(findFrontEndPreset(preset)!.frontEnd)) as Record<string, unknown>
  for (const path of drop) Reflect.deleteProperty(copy, path)
  for (const [path, value] of Object.entries(change)) {
    const keys = path.split('.')
    const owner = keys.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy)
    owner[keys.at(-1)!] = value
  }
  return parseFrontEnd(copy, preset)
}

/** What Earmark makes of a case's sound: one picture, or the pictures of its segments. */
export async function computeCase(one: ReferenceCase): Promise<Spectrogram[]> {
  const samples = await signalOf(one.signal)
  const frontEnd = frontEndOf(one)
  if (!one.segments) return [computeFrontEnd(samples, frontEnd)]
  return computeSegments(samples, frontEnd).map(({ picture }) => picture)
}

/** The largest error of each unit, in that unit; infinite where there are other values, or more or fewer of them. */
export function worstErrors(picture: Spectrogram, one: ReferenceCase): Map<string, number> {
  const { unit, frames, peak, edge = 0 } = one
  const row = picture.bands * picture.channels
  const worst = new Map<string, number>()
  for (const [frame, column] of Object.entries(frames)) {
    const actual = picture.values.subarray(Number(frame) * row, (Number(frame) + 1) * row)
    const isEdge = Number(frame) < edge || Number(frame) >= picture.frames - edge
    const own = isEdge ? 'edge' : unit
    column.forEach((value, i) => {
      const error = Math.abs((actual[i] ?? NaN) - value) / (isShare(own) ? peak : 1)
      worst.set(own, Math.max(worst.get(own) ?? 0, Number.isNaN(error) ? Infinity : error))
    })
    if (actual.length !== column.length) worst.set(own, Infinity)
  }
  return worst
}
