/** A front end in a few words, for people. */
import type { Bands, FrontEnd, FrontEndStep, Level, SpectrogramFrontEnd } from './front-end'

/** The parts in the order in which they act: '22.05 kHz', '64 mel bands', 'window 46.4 ms', 'hop 23.2 ms', … */
export function describeFrontEnd(frontEnd: FrontEnd): string[] {
  const { sampleRateHz, hopSamples, segments } = frontEnd
  const milliseconds = (samples: number): string => `${Number(((samples / sampleRateHz) * 1000).toFixed(1))} ms`
  const parts = [
    `${sampleRateHz / 1000} kHz`,
    ...describePicture(frontEnd, milliseconds),
    `hop ${milliseconds(hopSamples)}`,
  ]
  for (const step of frontEnd.steps ?? []) parts.push(describeStep(step))
  if (segments) {
    const seconds = segments.length * (segments.of === 'frames' ? hopSamples / sampleRateHz : 1 / sampleRateHz)
    parts.push(`segments of ${Number(seconds.toFixed(2))} s`)
  }
  return parts
}

function describePicture(frontEnd: FrontEnd, milliseconds: (samples: number) => string): string[] {
  switch (frontEnd.kind) {
    case 'constant-q': {
      const { count, bandsPerOctave, minHz, gammaHz, level } = frontEnd
      const name = gammaHz > 0 ? 'variable-Q' : 'constant-Q'
      return [
        `${count} ${name} bands from ${Number(minHz.toFixed(1))} Hz`,
        `${bandsPerOctave} an octave`,
        ...ofLevel(level),
      ]
    }
    case 'waveform': {
      const { frameSamples, companding } = frontEnd
      const frames = `samples in frames of ${milliseconds(frameSamples)}`
      return companding ? [frames, `µ-law of ${companding.levels} levels`] : [frames]
    }
    default: {
      const { windowSamples, level } = frontEnd
      return [describeBands(frontEnd.bands, frontEnd), `window ${milliseconds(windowSamples)}`, ...ofLevel(level)]
    }
  }
}

function describeBands(bands: Bands, { fftSamples }: SpectrogramFrontEnd): string {
  switch (bands.scale) {
    case 'mel':
      return `${bands.count} mel bands`
    case 'linear':
      return `${Math.floor(fftSamples / 2) + 1} FFT bins`
    case 'log-normal':
      return `${bands.count} log-frequency bands`
    case 'log-triangles':
      return `${bands.bandsPerOctave} log-frequency bands an octave`
  }
}

/** Decibels go without saying. */
function ofLevel(level: Level): string[] {
  switch (level.kind) {
    case 'logarithm':
      return ['logarithm']
    case 'pcen':
      return ['PCEN']
    case 'plain':
      return ['plain energy']
    default:
      return level.weighting === undefined ? [] : [`dB(${level.weighting})`]
  }
}

function describeStep(step: FrontEndStep): string {
  switch (step.kind) {
    case 'mel':
      return `${step.bands.count} mel bands of the levels`
    case 'cepstrum':
      return `${step.count} cepstral coefficients`
    case 'delta':
      return step.into === 'replace' ? 'deltas alone' : step.order === 2 ? 'deltas and their deltas' : 'deltas'
    case 'crop':
      return `bands ${step.firstBand} to ${step.firstBand + step.count - 1}`
    case 'sub-bands':
      return `crops of ${step.count} bands`
    case 'difference-of-gaussians':
      return 'difference of Gaussians'
    case 'sobel':
      return 'Sobel edges'
  }
}
