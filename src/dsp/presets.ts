/** Named front ends. */
import type { DecibelLevel, LinearBands, MelBands, SpectrogramFrontEnd } from './front-end'

/** A spectrogram in decibels. */
export type DecibelSpectrogram = SpectrogramFrontEnd & { level: DecibelLevel & { referencePower: number } }
/** The same in mel bands. */
export type LogMel = DecibelSpectrogram & { bands: MelBands }

/** What `logmel-cnn` hears: 64 Slaney bands, 46 ms windows every 23 ms, 80 dB of range. */
export const logmelFrontEnd: LogMel = {
  sampleRateHz: 22050,
  channel: 'mean',
  fftSamples: 1024,
  windowSamples: 1024,
  window: 'hann',
  hopSamples: 512,
  center: true,
  padMode: 'constant',
  power: 2,
  bands: { scale: 'mel', count: 64, minHz: 0, maxHz: null, formula: 'slaney', norm: 'slaney' },
  level: { referencePower: 1, aminPower: 1e-10, topDb: 80 },
}

/** What MFCC are computed from: as `logmelFrontEnd` with the 60 bands of Piczak (2015). */
export const mfccFrontEnd: LogMel = {
  ...logmelFrontEnd,
  bands: { scale: 'mel', count: 60, minHz: 0, maxHz: null, formula: 'slaney', norm: 'slaney' },
}

/**
 * The annotator's picture at the recording's own rate: windows of about 23 ms (a power of two of samples), a quarter
 * of that as hop, linear or mel bands, 80 dB below the loudest.
 */
export function displayFrontEnd(
  sampleRateHz: number,
  scale: (MelBands | LinearBands)['scale'] = 'linear',
): DecibelSpectrogram {
  const fftSamples = Math.min(8192, Math.max(64, 2 ** Math.round(Math.log2(sampleRateHz * 0.0232))))
  const count = Math.min(128, fftSamples / 8)
  return {
    sampleRateHz,
    channel: 'mean',
    fftSamples,
    windowSamples: fftSamples,
    window: 'hann',
    hopSamples: fftSamples / 4,
    center: true,
    padMode: 'constant',
    power: 2,
    bands: scale === 'linear' ? { scale } : { scale, count, minHz: 0, maxHz: null, formula: 'slaney', norm: 'none' },
    level: { referencePower: 1, aminPower: 1e-10, topDb: 80 },
  }
}
