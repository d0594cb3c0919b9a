/**
 * A Recipe says how sound becomes what a model sees and how the model learns from it.
 * The spectrogram view, training and prediction all read the same value, so that what a
 * person sees is what the network hears.
 */

/** Which channel of a recording is used: the mean of all, or one by its index from 0. */
export type ChannelChoice = 'mean' | number

export type WindowName =
  | 'hann'
  | 'hamming'
  | 'rectangular'
  | 'blackman'
  | 'blackman-harris'
  | 'nuttall'
  | 'flat-top'
  | 'bartlett'
  | 'bohman'
  | 'cosine'
  | 'povey'
  | 'kaiser'
  | 'gaussian'
  | 'tukey'

/** A window without its length (see window.ts). */
export interface WindowShape {
  window: WindowName
  /** β of Kaiser, standard deviation of Gauss and tapered share of Tukey; absent, each has its usual one. */
  windowParameter?: number
  /** Absent: periodic, as scipy and librosa make them for spectra. */
  windowSymmetry?: 'periodic' | 'symmetric'
}

/** Where the frames of a signal lie (see stft.ts). */
export interface Framing {
  fftSamples: number
  windowSamples: number
  hopSamples: number
  center: boolean
  /** What centred frames find beyond the ends: zeros, the signal mirrored, or its first and last sample. */
  padMode: 'constant' | 'reflect' | 'edge'
  /**
   * How long frames count that are not centred, and what becomes of the rest at the end. 'fft' (where absent): as long
   * as the FFT with the window in its middle, the rest dropped (librosa); 'window': as long as the window, the rest
   * dropped (VGGish, Kaldi); 'window-padded': the same with zeros after the end (python_speech_features).
   */
  uncentredFrames?: 'fft' | 'window' | 'window-padded'
}

/** A mel filter bank (Slaney's or HTK's scale), triangles linear in Hz as in librosa.filters.mel. */
export interface MelBands {
  scale: 'mel'
  count: number
  minHz: number
  /** Upper edge in Hz; null is half the sample rate. */
  maxHz: number | null
  formula: 'slaney' | 'htk'
  norm: 'slaney' | 'none'
}

/** All FFT bins, 0 Hz to half the sample rate. */
export interface LinearBands {
  scale: 'linear'
}

/** 10·log10(max(amin, S)/reference), floored at (maximum − topDb) of the clip when topDb is not null. */
export interface DecibelLevel {
  referencePower: number
  aminPower: number
  topDb: number | null
}

/** Waveform to time-frequency picture; the values follow librosa.stft and librosa.feature.melspectrogram. */
export interface FrontEnd extends Framing, WindowShape {
  sampleRateHz: number
  channel: ChannelChoice
  /** Exponent of the magnitude before the bands; decibels are always of power, so 1 is squared first (amplitude_to_db). */
  power: 1 | 2
  bands: MelBands | LinearBands
  level: DecibelLevel
}

/** Small convolutional network over random crops of a log-mel spectrogram. */
export interface LogmelCnnModel {
  kind: 'logmel-cnn'
  /** Length of a training crop in seconds; shorter clips are padded by repetition. */
  cropSeconds: number
  /** Filters of each convolution block. */
  filters: number[]
  dropout: number
}

/** Means and standard deviations of MFCC, their deltas and log-mel bands, then multinomial logistic regression. */
export interface MfccLogisticModel {
  kind: 'mfcc-logistic'
  mfccCount: number
  /** Inverse regularisation strength as in scikit-learn's LogisticRegression(C). */
  inverseL2: number
}

export type ModelRecipe = LogmelCnnModel | MfccLogisticModel

/** How a network is fitted; mfcc-logistic reads only `maxEpochs` (iterations). */
export interface TrainingRecipe {
  maxEpochs: number
  batchClips: number
  /** At the start; it falls to 0 along half a cosine over `maxEpochs` (Loshchilov & Hutter 2017). */
  learningRate: number
  /** Epochs without a lower loss (of the validation clips, or of training where none are held out) before training stops; 0 never stops early. */
  patienceEpochs: number
  /** Share of the training groups held out for early stopping, 0 to 0.5. */
  validationShare: number
  /** Draw every class equally often. */
  isClassBalanced: boolean
  /** Beta(α, α) mixing of pairs of crops (Zhang et al. 2018); 0 is off. */
  mixupAlpha: number
  /** SpecAugment masks (Park et al. 2019): how many, and the widest, in mel bands and in frames. */
  frequencyMasks: number
  frequencyMaskBands: number
  timeMasks: number
  timeMaskFrames: number
  /** Random gain in dB, drawn from ±this value. */
  gainDb: number
}

export interface Recipe {
  name: string
  frontEnd: FrontEnd
  model: ModelRecipe
  training: TrainingRecipe
  seed: number
}
