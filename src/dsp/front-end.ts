/**
 * A front end as data: how sound becomes what a model sees. Every field is plain JSON. Fields that may be absent came
 * later than the first recipes; absent, each means what its comment says, so that an old recipe reads as it always did.
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

/** What is done to the waveform first, in the order of the fields (see conditioning.ts). */
export interface Conditioning {
  /** Subtracts the mean of the clip. */
  removesMean?: boolean
  /** Cuts off what lies before the first and after the last sample of at least this share of the loudest. */
  trimBelowPeakShare?: number
  /** Scales the clip so that its loudest sample is this; silence stays silent. */
  peak?: number
  /** Multiplies every sample (2³¹ for PCEN as it was published, 2¹⁵ for Kaldi). */
  gain?: number
  length?: ClipLength
  /** x[n] − a·x[n−1]; the first sample stays. */
  preEmphasis?: number
}

/** Zeros are added, or samples cut off, at the end or evenly at both ends. */
export interface ClipLength {
  /** Shorter clips are filled up to this. */
  leastSamples: number
  /** Longer ones are filled up to a whole number of these beyond `leastSamples`; absent: left as they are. */
  stepSamples?: number
  /** Longer ones are cut to this; absent: never. */
  mostSamples?: number
  anchor: 'start' | 'center'
}

/** A mel filter bank: triangles between edges equally spaced on the scale. */
export interface MelBands {
  scale: 'mel'
  count: number
  minHz: number
  /** Upper edge in Hz; null is half the sample rate. */
  maxHz: number | null
  formula: 'slaney' | 'htk'
  /** 'slaney': 2/(width in Hz); 'l1', 'l2', 'max': that norm of every band's weights is 1; 'none': as the triangles are. */
  norm: 'slaney' | 'none' | 'l1' | 'l2' | 'max'
  /**
   * Along which axis the flanks are straight: 'hz' (where absent; librosa, torchaudio), 'mel' (VGGish, YAMNet,
   * TensorFlow, Kaldi), or 'bins' between edges rounded down to FFT bins (python_speech_features).
   */
  flanks?: 'hz' | 'mel' | 'bins'
}

/** All FFT bins, 0 Hz to half the sample rate. */
export interface LinearBands {
  scale: 'linear'
}

/** Log-normal weights around minHz · 2^(band/bandsPerOctave), each band's sum 1 (kapre's and librosa's filterbank_log). */
export interface LogNormalBands {
  scale: 'log-normal'
  count: number
  minHz: number
  bandsPerOctave: number
  /** Standard deviation, in octaves, is spread/bandsPerOctave. */
  spread: number
}

/**
 * Triangles between FFT bins nearest to referenceHz · 2^(k/bandsPerOctave), as many as lie from minHz to maxHz and in
 * bins of their own (madmom's LogarithmicFilterbank).
 */
export interface LogTriangleBands {
  scale: 'log-triangles'
  bandsPerOctave: number
  minHz: number
  maxHz: number
  referenceHz: number
  /** 'l1': the weights of every band sum to 1. */
  norm: 'none' | 'l1'
}

export type Bands = MelBands | LinearBands | LogNormalBands | LogTriangleBands

/**
 * 10·log10(max(amin, S)/reference), floored at (maximum − topDb) of the clip when topDb is not null. Always of power:
 * magnitudes are squared first (librosa.amplitude_to_db), so that a decibel is the same step of loudness either way.
 */
export interface DecibelLevel {
  /** May be absent, as in the first recipes. */
  kind?: 'decibel'
  /** What is 0 dB: a power, or the clip's loudest cell. */
  referencePower: number | 'maximum'
  aminPower: number
  topDb: number | null
  /** Adds the weighting of each band's frequency (IEC 61672; librosa.perceptual_weighting); absent: none. */
  weighting?: 'A' | 'B' | 'C' | 'D'
}

/** log(max(x, floor) + offset). */
export interface LogarithmLevel {
  kind: 'logarithm'
  base: 'e' | '10' | '2'
  offset: number
  floor: number
  /** Only zeros are raised to the floor (python_speech_features). */
  floorsOnlyZeros?: boolean
}

/** Per-channel energy normalisation (Wang et al. 2017; librosa.pcen; see pcen.ts). */
export interface PcenLevel {
  kind: 'pcen'
  gain: number
  bias: number
  power: number
  epsilon: number
  timeConstantSeconds: number
  /** What the smoother holds before the first frame: that frame, or 1 as in librosa. */
  start: 'first-frame' | 'one'
  /** Energies are multiplied by this first: the defaults suit samples from −2³¹ to 2³¹. */
  scale: number
  /** The smoother follows the loudest of this many bands around each; absent: 1, the band itself. */
  maximumOverBands?: number
}

/** The values of the bands as they are. */
export interface PlainLevel {
  kind: 'plain'
}

export type Level = DecibelLevel | LogarithmLevel | PcenLevel | PlainLevel

/** Where a step puts what it computes: in place of what was there, below it as more bands, or as more channels. */
export type Placement = 'replace' | 'bands' | 'channels'

/** Projects the levels themselves (not the power) onto mel bands; only after linear bands. */
export interface MelStep {
  kind: 'mel'
  bands: MelBands
}

/** Cepstral coefficients: a cosine transform of each frame's levels (see mfcc.ts). */
export interface CepstrumStep {
  kind: 'cepstrum'
  count: number
  /** 2, orthonormal, is librosa's and python_speech_features'; 3, orthonormal, librosa's dct_type=3. */
  transform: 2 | 3
  /** 0 is off; else coefficient n is scaled by 1 + (L/2)·sin(π·(n + lifterOffset)/L). */
  lifter: number
  /** 1 in librosa, 0 in HTK and python_speech_features. */
  lifterOffset: 0 | 1
  /** Coefficient 0 becomes the natural logarithm of the frame's energy (python_speech_features' appendEnergy). */
  startsWithEnergy?: boolean
}

/** Derivatives along time (see delta.ts); with order 2 the first and the second. */
export interface DeltaStep {
  kind: 'delta'
  method: 'savitzky-golay' | 'regression' | 'librosa-0.3'
  width: number
  order: 1 | 2
  into: Placement
}

/** Keeps some bands. */
export interface CropStep {
  kind: 'crop'
  firstBand: number
  count: number
}

/** Crops of neighbouring bands, each a channel of its own (SubSpectralNet); what does not fill a crop is dropped. */
export interface SubBandStep {
  kind: 'sub-bands'
  count: number
  hopBands: number
}

/** Difference of two Gaussian blurs, the narrower minus the wider; sigmas in cells (Wu & Lee 2019; see edges.ts). */
export interface DifferenceOfGaussiansStep {
  kind: 'difference-of-gaussians'
  narrowSigma: number
  wideSigma: number
  into: 'replace' | 'channels'
}

/** Sobel's gradients: their length, or both as they are (along time, then along frequency). */
export interface SobelStep {
  kind: 'sobel'
  output: 'magnitude' | 'gradients'
  into: 'replace' | 'channels'
}

export type FrontEndStep =
  MelStep | CepstrumStep | DeltaStep | CropStep | SubBandStep | DifferenceOfGaussiansStep | SobelStep

/** A clip as several pictures of one size. */
export interface Segments {
  /** Cut from the waveform before it is transformed, or from the frames after. */
  of: 'samples' | 'frames'
  length: number
  hop: number
  /** What becomes of a rest that fills no segment: dropped, or filled up with zeros (samples) or its last frame. */
  rest: 'drop' | 'pad'
  /** Segments whose mean level in the first channel is this or less are left out (Piczak 2015: −70 dB); absent: none. */
  quietest?: number
}

interface FrontEndBase {
  sampleRateHz: number
  channel: ChannelChoice
  conditioning?: Conditioning
  /** Applied one after the other to the levels. */
  steps?: FrontEndStep[]
  segments?: Segments
}

/** Short-time spectra; the values follow librosa.stft and librosa.feature.melspectrogram. */
export interface SpectrogramFrontEnd extends FrontEndBase, Framing, WindowShape {
  /** May be absent, as in the first recipes. */
  kind?: 'spectrogram'
  /** Exponent of the magnitude before the bands. */
  power: 1 | 2
  /** Power is divided by the length of the FFT (python_speech_features); absent: it is not. */
  dividesByFft?: boolean
  bands: Bands
  level: Level
}

/** Constant-Q transform, and with `gammaHz` above 0 the variable-Q transform (see constant-q.ts). */
export interface ConstantQFrontEnd extends FrontEndBase, WindowShape {
  kind: 'constant-q'
  hopSamples: number
  minHz: number
  count: number
  bandsPerOctave: number
  /** Longer filters resolve pitch better and time worse; 1 is usual. */
  filterScale: number
  gammaHz: number
  /** Divides by the root of each filter's length, so that noise is level. */
  isScaled: boolean
  padMode: Framing['padMode']
  /** Exponent of the magnitude. */
  power: 1 | 2
  level: Level
}

/** The samples themselves, in frames (see waveform.ts). */
export interface WaveformFrontEnd extends FrontEndBase {
  kind: 'waveform'
  frameSamples: number
  hopSamples: number
  rest: 'drop' | 'pad'
  /** µ-law (ITU-T G.711's curve, µ = levels − 1): −1 to 1 companded, or as whole numbers 0 to levels − 1. */
  companding?: { levels: number; output: 'values' | 'codes' }
}

export type FrontEnd = SpectrogramFrontEnd | ConstantQFrontEnd | WaveformFrontEnd
