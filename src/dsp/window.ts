import type { WindowName } from './recipe'

/**
 * A periodic window (scipy.signal.get_window with fftbins=True): one period of `samples`, which is
 * what an STFT needs. Hann 0.5 − 0.5·cos, Hamming 0.54 − 0.46·cos, rectangular 1. Values 0 to 1.
 */
export function periodicWindow(name: WindowName, samples: number): Float64Array {
  if (!Number.isInteger(samples) || samples < 1) throw new RangeError(`a window needs 1 sample or more, not ${samples}`)
  const window = new Float64Array(samples).fill(1)
  if (name === 'rectangular') return window
  const [level, swing] = name === 'hann' ? [0.5, 0.5] : [0.54, 0.46]
  for (let i = 0; i < samples; i++) window[i] = level - swing * Math.cos((2 * Math.PI * i) / samples)
  return window
}

/** The window in the middle of `fftSamples` zeros, ⌊(fft − window)/2⌋ of them on the left, as in librosa.stft. */
export function paddedWindow(name: WindowName, windowSamples: number, fftSamples: number): Float64Array {
  if (windowSamples > fftSamples)
    throw new RangeError(`the window (${windowSamples} samples) is longer than the FFT (${fftSamples})`)
  const padded = new Float64Array(fftSamples)
  padded.set(periodicWindow(name, windowSamples), Math.floor((fftSamples - windowSamples) / 2))
  return padded
}
