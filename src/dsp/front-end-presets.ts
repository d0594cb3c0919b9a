/** Front ends of the literature and of common libraries by name. */
import type { DecibelLevel, FrontEnd, MelBands, SpectrogramFrontEnd } from './front-end'
import { logmelFrontEnd, mfccFrontEnd } from './presets'

export interface FrontEndPreset {
  name: string
  title: string
  /** Whose definition it is. */
  follows: string
  frontEnd: FrontEnd
}

const slaney = (count: number, minHz = 0, maxHz: number | null = null): MelBands => ({
  scale: 'mel',
  count,
  minHz,
  maxHz,
  formula: 'slaney',
  norm: 'slaney',
})
const decibels = (topDb: number | null = 80): DecibelLevel => ({ referencePower: 1, aminPower: 1e-10, topDb })

/** librosa's defaults: 22050 Hz, FFT 2048, hop 512, centred, periodic Hann window, power. */
const librosaStft: Omit<SpectrogramFrontEnd, 'bands' | 'level'> = {
  sampleRateHz: 22050,
  channel: 'mean',
  fftSamples: 2048,
  windowSamples: 2048,
  window: 'hann',
  hopSamples: 512,
  center: true,
  padMode: 'constant',
  power: 2,
}
const librosaLogmel: SpectrogramFrontEnd = { ...librosaStft, bands: slaney(128), level: decibels() }

/** 25 ms every 10 ms at 16 kHz, not centred: what speech recognition takes. */
const speechFrames: Omit<SpectrogramFrontEnd, 'bands' | 'level'> = {
  sampleRateHz: 16000,
  channel: 'mean',
  fftSamples: 512,
  windowSamples: 400,
  window: 'hann',
  hopSamples: 160,
  center: false,
  padMode: 'constant',
  uncentredFrames: 'window',
  power: 1,
}
const vggishBands: MelBands = {
  scale: 'mel',
  count: 64,
  minHz: 125,
  maxHz: 7500,
  formula: 'htk',
  norm: 'none',
  flanks: 'mel',
}

const piczak = (frames: number): FrontEnd => ({
  ...mfccFrontEnd,
  conditioning: { peak: 1, length: { leastSamples: 5 * 22050, anchor: 'start' } },
  steps: [{ kind: 'delta', method: 'librosa-0.3', width: 9, order: 1, into: 'channels' }],
  segments: { of: 'samples', length: 512 * frames, hop: 256 * frames, rest: 'drop', quietest: -70 },
})

/** 40 ms every 20 ms at 48 kHz with a Hamming window: DCASE's baselines. */
const dcaseFrames: Omit<SpectrogramFrontEnd, 'bands' | 'level'> = {
  ...librosaStft,
  sampleRateHz: 48000,
  windowSamples: 1920,
  window: 'hamming',
  hopSamples: 960,
}
const edgeLogmel: FrontEnd = {
  ...librosaStft,
  sampleRateHz: 44100,
  windowSamples: 1764,
  hopSamples: 882,
  bands: slaney(128),
  level: decibels(),
}

export const frontEndPresets: readonly FrontEndPreset[] = [
  {
    name: 'logmel',
    title: 'Log-mel of the recipe logmel-cnn: 64 bands',
    follows: 'librosa 0.11',
    frontEnd: logmelFrontEnd,
  },
  {
    name: 'logmel-librosa',
    title: 'Log-mel with librosa’s defaults: 128 bands',
    follows: 'librosa 0.11, feature.melspectrogram and power_to_db',
    frontEnd: librosaLogmel,
  },
  {
    name: 'mel-torchaudio',
    title: 'Mel power with torchaudio’s defaults: 128 HTK bands, no logarithm',
    follows: 'torchaudio 2.11, transforms.MelSpectrogram',
    frontEnd: {
      ...librosaStft,
      sampleRateHz: 16000,
      fftSamples: 400,
      windowSamples: 400,
      hopSamples: 200,
      padMode: 'reflect',
      bands: { scale: 'mel', count: 128, minHz: 0, maxHz: null, formula: 'htk', norm: 'none' },
      level: { kind: 'plain' },
    },
  },
  {
    name: 'spectrogram',
    title: 'All FFT bins in decibels',
    follows: 'librosa 0.11, stft and amplitude_to_db',
    frontEnd: { ...librosaStft, bands: { scale: 'linear' }, level: decibels() },
  },
  {
    name: 'log-frequency',
    title: 'Log-frequency spectrogram: 84 bands, 12 an octave',
    follows: 'kapre, backend.filterbank_log',
    frontEnd: {
      ...librosaStft,
      fftSamples: 4096,
      windowSamples: 4096,
      bands: { scale: 'log-normal', count: 84, minHz: 32.70319566257483, bandsPerOctave: 12, spread: 0.125 },
      level: decibels(),
    },
  },
  {
    name: 'mfcc-librosa',
    title: '20 MFCC with librosa’s defaults',
    follows: 'librosa 0.11, feature.mfcc',
    frontEnd: {
      ...librosaLogmel,
      steps: [{ kind: 'cepstrum', count: 20, transform: 2, lifter: 0, lifterOffset: 1 }],
    },
  },
  {
    name: 'mfcc-deltas',
    title: '13 MFCC, their deltas and the deltas of those: 39 values a frame',
    follows: 'librosa 0.11, feature.mfcc and feature.delta',
    frontEnd: {
      ...librosaLogmel,
      steps: [
        { kind: 'cepstrum', count: 13, transform: 2, lifter: 0, lifterOffset: 1 },
        { kind: 'delta', method: 'savitzky-golay', width: 9, order: 2, into: 'bands' },
      ],
    },
  },
  {
    name: 'mfcc-python-speech-features',
    title: '13 MFCC with python_speech_features’ defaults',
    follows: 'python_speech_features 0.6, mfcc',
    frontEnd: {
      ...speechFrames,
      conditioning: { preEmphasis: 0.97 },
      window: 'rectangular',
      uncentredFrames: 'window-padded',
      power: 2,
      dividesByFft: true,
      bands: { scale: 'mel', count: 26, minHz: 0, maxHz: null, formula: 'htk', norm: 'none', flanks: 'bins' },
      level: { kind: 'logarithm', base: 'e', offset: 0, floor: Number.EPSILON, floorsOnlyZeros: true },
      steps: [{ kind: 'cepstrum', count: 13, transform: 2, lifter: 22, lifterOffset: 0, startsWithEnergy: true }],
    },
  },
  {
    name: 'constant-q',
    title: 'Constant-Q transform: 84 bands from C1, 12 an octave',
    follows: 'librosa 0.11, cqt',
    frontEnd: {
      kind: 'constant-q',
      sampleRateHz: 22050,
      channel: 'mean',
      hopSamples: 512,
      minHz: 32.70319566257483,
      count: 84,
      bandsPerOctave: 12,
      filterScale: 1,
      gammaHz: 0,
      isScaled: true,
      window: 'hann',
      padMode: 'constant',
      power: 1,
      level: decibels(),
    },
  },
  {
    name: 'pcen',
    title: 'PCEN of 40 mel bands, for keywords: 151 frames in 1.5 s',
    follows: 'Wang et al. 2017; Arık et al. 2017; librosa 0.11, pcen',
    frontEnd: {
      ...librosaStft,
      sampleRateHz: 16000,
      fftSamples: 512,
      windowSamples: 400,
      hopSamples: 160,
      power: 1,
      bands: slaney(40),
      level: {
        kind: 'pcen',
        gain: 0.98,
        bias: 2,
        power: 0.5,
        epsilon: 1e-6,
        timeConstantSeconds: 0.4,
        start: 'first-frame',
        scale: 2 ** 31,
      },
    },
  },
  {
    name: 'a-weighted',
    title: 'All FFT bins in A-weighted decibels',
    follows: 'librosa 0.11, perceptual_weighting',
    frontEnd: { ...librosaStft, bands: { scale: 'linear' }, level: { ...decibels(), weighting: 'A' } },
  },
  {
    name: 'perceptual-mel',
    title: 'A-weighted decibels, then 128 mel bands of them',
    follows: 'Dorfer & Widmer 2018 (DCASE task 2, CP-JKU), first front end',
    frontEnd: {
      ...librosaStft,
      sampleRateHz: 32000,
      conditioning: { trimBelowPeakShare: 0.0015 },
      fftSamples: 1024,
      windowSamples: 1024,
      hopSamples: 192,
      padMode: 'reflect',
      bands: { scale: 'linear' },
      level: { ...decibels(99), weighting: 'A' },
      steps: [{ kind: 'mel', bands: slaney(128) }],
    },
  },
  {
    name: 'log-filtered',
    title: 'Log-spaced triangles, 26 an octave, of magnitudes; log10(1 + x)',
    follows: 'Dorfer & Widmer 2018, second front end; madmom’s LogarithmicFilterbank',
    frontEnd: {
      ...librosaStft,
      sampleRateHz: 32000,
      conditioning: { trimBelowPeakShare: 0.0015, peak: 1 },
      fftSamples: 1024,
      windowSamples: 1024,
      hopSamples: 128,
      power: 1,
      bands: { scale: 'log-triangles', bandsPerOctave: 26, minHz: 20, maxHz: 14000, referenceHz: 440, norm: 'l1' },
      level: { kind: 'logarithm', base: '10', offset: 1, floor: 0 },
    },
  },
  {
    name: 'difference-of-gaussians',
    title: 'Log-mel and its difference of Gaussians, two channels',
    follows: 'Wu & Lee 2019; the deviations 1 and √2 are Earmark’s',
    frontEnd: {
      ...edgeLogmel,
      steps: [{ kind: 'difference-of-gaussians', narrowSigma: 1, wideSigma: Math.SQRT2, into: 'channels' }],
    },
  },
  {
    name: 'sobel',
    title: 'Log-mel and the length of its Sobel gradient, two channels',
    follows: 'Wu & Lee 2019',
    frontEnd: { ...edgeLogmel, steps: [{ kind: 'sobel', output: 'magnitude', into: 'channels' }] },
  },
  {
    name: 'sub-spectrograms',
    title: 'Log-mel in 40 bands as three overlapping crops of 20, three channels',
    follows: 'Phaye et al. 2019 (SubSpectralNet)',
    frontEnd: {
      ...dcaseFrames,
      bands: { ...slaney(40), maxHz: 24000 },
      level: decibels(),
      steps: [{ kind: 'sub-bands', count: 20, hopBands: 10 }],
    },
  },
  {
    name: 'dcase-2018-baseline',
    title: 'Logarithm of 40 mel bands of magnitudes, 40 ms every 20 ms',
    follows: 'DCASE 2018 task 1 baseline',
    frontEnd: {
      ...dcaseFrames,
      power: 1,
      bands: { ...slaney(40, 0, 24000), norm: 'none' },
      level: { kind: 'logarithm', base: 'e', offset: Number.EPSILON, floor: 0 },
    },
  },
  {
    name: 'waveform',
    title: 'The samples themselves, frames of one second',
    follows: '–',
    frontEnd: {
      kind: 'waveform',
      sampleRateHz: 16000,
      channel: 'mean',
      frameSamples: 16000,
      hopSamples: 16000,
      rest: 'pad',
    },
  },
  {
    name: 'mu-law',
    title: 'Samples as 256 µ-law codes, frames of one second',
    follows: 'torchaudio 2.11, functional.mu_law_encoding; van den Oord et al. 2016',
    frontEnd: {
      kind: 'waveform',
      sampleRateHz: 16000,
      channel: 'mean',
      frameSamples: 16000,
      hopSamples: 16000,
      rest: 'pad',
      companding: { levels: 256, output: 'codes' },
    },
  },
  {
    name: 'vggish',
    title: 'VGGish’s input: patches of 96 frames × 64 bands, 0.96 s',
    follows: 'Hershey et al. 2017; tensorflow/models, audioset/vggish/mel_features.py',
    frontEnd: {
      ...speechFrames,
      bands: vggishBands,
      level: { kind: 'logarithm', base: 'e', offset: 0.01, floor: 0 },
      segments: { of: 'frames', length: 96, hop: 96, rest: 'drop' },
    },
  },
  {
    name: 'yamnet',
    title: 'YAMNet’s input: patches of 96 frames × 64 bands every 0.48 s',
    follows: 'tensorflow/models, audioset/yamnet/features.py',
    frontEnd: {
      ...speechFrames,
      conditioning: { length: { leastSamples: 15600, stepSamples: 7680, anchor: 'start' } },
      bands: vggishBands,
      level: { kind: 'logarithm', base: 'e', offset: 0.001, floor: 0 },
      segments: { of: 'frames', length: 96, hop: 48, rest: 'drop' },
    },
  },
  {
    name: 'piczak-short',
    title: 'Log-mel and deltas in segments of 41 frames × 60 bands, two channels',
    follows: 'Piczak 2015, short segments; librosa 0.3.1’s deltas',
    frontEnd: piczak(40),
  },
  {
    name: 'piczak-long',
    title: 'Log-mel and deltas in segments of 101 frames × 60 bands, two channels',
    follows: 'Piczak 2015, long segments; librosa 0.3.1’s deltas',
    frontEnd: piczak(100),
  },
  {
    name: 'choi-96x1366',
    title: '96 mel bands × 1366 frames of the middle 29.12 s',
    follows: 'Choi et al. 2016',
    frontEnd: {
      ...librosaStft,
      sampleRateHz: 12000,
      conditioning: { length: { leastSamples: 349_440, mostSamples: 349_440, anchor: 'center' } },
      fftSamples: 512,
      windowSamples: 512,
      hopSamples: 256,
      bands: slaney(96),
      level: { ...decibels(), referencePower: 'maximum' },
    },
  },
  {
    name: 'two-seconds-150',
    title: '150 mel bands × 149 frames, two-second windows every second',
    follows: 'Microsoft, “Hearing AI” 2018; its frame settings are Earmark’s',
    frontEnd: {
      ...librosaStft,
      window: 'hamming',
      hopSamples: 296,
      bands: slaney(150),
      level: decibels(),
      segments: { of: 'samples', length: 44100, hop: 22050, rest: 'pad' },
    },
  },
  {
    name: 'panns',
    title: 'PANNs’ input: 64 mel bands from 50 Hz to 14 kHz',
    follows: 'Kong et al. 2020 (torchlibrosa)',
    frontEnd: {
      ...librosaStft,
      sampleRateHz: 32000,
      fftSamples: 1024,
      windowSamples: 1024,
      hopSamples: 320,
      padMode: 'reflect',
      bands: slaney(64, 50, 14000),
      level: decibels(null),
    },
  },
]

/** The preset of a name, or null. */
export function findFrontEndPreset(name: string): FrontEndPreset | null {
  return frontEndPresets.find((preset) => preset.name === name) ?? null
}
