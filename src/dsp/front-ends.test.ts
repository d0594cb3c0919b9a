/** Every front end against librosa, python_speech_features, torchaudio, scipy and published definitions. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFrontEnd } from '../shared/contract/front-end'
import { decodeAudio } from '../formats/audio/decode-audio'
import type { FrontEnd } from './front-end'
import { findFrontEndPreset, frontEndPresets } from './front-end-presets'
import { computeFrontEnd, type Spectrogram } from './features'
import { pictureShape } from './picture-shape'
import { referenceSignal } from './reference-signals'
import reference from './reference/front-ends.json'
import { computeSegments } from './segments'

interface Case {
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

/** Largest error of a value that passes, in dB or as a share of the picture's largest value. */
const tolerances: Record<string, number> = {
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
const isShare = (unit: string): boolean => unit === 'linear' || unit.startsWith('cqt')

const digits = join(
  process.env.EARMARK_TEST_DATA ?? join(import.meta.dirname, '../../../shared/data'),
  'fsdd/recordings',
)
const hasDigits = existsSync(digits)

async function signalOf(name: string): Promise<Float32Array> {
  if (!name.startsWith('fsdd ')) return referenceSignal(name)
  const { channels } = await decodeAudio(readFileSync(join(digits, name.slice(5))), name)
  return channels[0]!
}

/** The preset with the case's changes by dotted path, as a file of it would be read. */
function frontEndOf({ preset, change = {}, drop = [] }: Case): FrontEnd {
  const copy = JSON.parse(JSON.stringify(findFrontEndPreset(preset)!.frontEnd)) as Record<string, unknown>
  for (const path of drop) Reflect.deleteProperty(copy, path)
  for (const [path, value] of Object.entries(change)) {
    const keys = path.split('.')
    const owner = keys.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy)
    owner[keys.at(-1)!] = value
  }
  return parseFrontEnd(copy, preset)
}

describe('front ends', () => {
  for (const one of reference as unknown as Case[]) {
    const runs = one.signal.startsWith('fsdd ') ? it.skipIf(!hasDigits) : it
    runs(`${one.preset} of ${one.signal} equals ${one.about}`, async () => {
      const frontEnd = frontEndOf(one)
      const samples = await signalOf(one.signal)
      const pictures = one.segments
        ? computeSegments(samples, frontEnd).map(({ picture }) => picture)
        : [computeFrontEnd(samples, frontEnd)]
      expect(pictures).toHaveLength(one.segments ?? 1)
      const picture = pictures[0]!
      const { bands, frames, channels } = picture
      expect([bands, frames, ...(channels > 1 ? [channels] : [])]).toEqual(one.shape)
      expect(pictureShape(frontEnd)).toEqual({ bands, channels })
      expect(worstError(picture, one)).toBeLessThan(1)
    })
  }

  it.each(frontEndPresets)('$name is readable, names its shape and keeps its JSON', ({ frontEnd }) => {
    expect(parseFrontEnd(JSON.parse(JSON.stringify(frontEnd)), 'preset')).toEqual(frontEnd)
    const picture = computeFrontEnd(referenceSignal('noise 60000'), frontEnd)
    expect(pictureShape(frontEnd)).toEqual({ bands: picture.bands, channels: picture.channels })
    expect(picture.values).toHaveLength(picture.bands * picture.frames * picture.channels)
    expect(picture.values.every(Number.isFinite)).toBe(true)
  })
})

/** In tolerances. */
function worstError(
  { values, bands, channels, ...picture }: Spectrogram,
  { unit, frames, peak, edge = 0 }: Case,
): number {
  const row = bands * channels
  let worst = 0
  for (const [frame, column] of Object.entries(frames)) {
    const actual = values.subarray(Number(frame) * row, (Number(frame) + 1) * row)
    expect(actual).toHaveLength(column.length)
    const isEdge = Number(frame) < edge || Number(frame) >= picture.frames - edge
    const tolerance = tolerances[isEdge ? 'edge' : unit]! * (isShare(unit) ? peak : 1)
    column.forEach((value, i) => {
      const error = Math.abs(actual[i]! - value) / tolerance
      if (!(error <= worst)) worst = error
    })
  }
  return worst
}
