/** Every front end against librosa, python_speech_features, torchaudio, scipy and published definitions. */
import { describe, expect, it } from 'vitest'
import {
  computeCase,
  frontEndOf,
  hasSound,
  referenceCases,
  tolerances,
  worstErrors,
} from '../../scripts/signal-docs/reference-cases'
import { parseFrontEnd } from '../shared/contract/front-end'
import { computeFrontEnd } from './features'
import { frontEndPresets } from './front-end-presets'
import { pictureShape } from './picture-shape'
import { referenceSignal } from './reference-signals'

describe('front ends', () => {
  for (const one of referenceCases)
    it.skipIf(!hasSound(one))(`${one.preset} of ${one.signal} equals ${one.about}`, async () => {
      const pictures = await computeCase(one)
      expect(pictures).toHaveLength(one.segments ?? 1)
      const { bands, frames, channels } = pictures[0]!
      expect([bands, frames, ...(channels > 1 ? [channels] : [])]).toEqual(one.shape)
      expect(pictureShape(frontEndOf(one))).toEqual({ bands, channels })
      for (const [unit, error] of worstErrors(pictures[0]!, one)) expect(error, unit).toBeLessThan(tolerances[unit]!)
    })

  it.each(frontEndPresets)('$name is readable, names its shape and keeps its JSON', ({ frontEnd }) => {
    expect(parseFrontEnd(JSON.parse(JSON.stringify(frontEnd)), 'preset')).toEqual(frontEnd)
    const picture = computeFrontEnd(referenceSignal('noise 60000'), frontEnd)
    expect(pictureShape(frontEnd)).toEqual({ bands: picture.bands, channels: picture.channels })
    expect(picture.values).toHaveLength(picture.bands * picture.frames * picture.channels)
    expect(picture.values.every(Number.isFinite)).toBe(true)
  })
})
