/** What an augmentation chain is: steps as data, each with its probability, its ranges and the classes it is for. */

/** Drawn uniformly between the two, which may be the same. */
export type DrawRange = [low: number, high: number]

interface StepOptions {
  /** Absent: 1. */
  probability?: number
  /** Names of the only classes whose clips are changed; absent: all. */
  onlyClasses?: string[]
  /** Names of classes whose clips are left as they are. */
  exceptClasses?: string[]
}

/** Louder or softer. */
export interface GainStep extends StepOptions {
  kind: 'gain'
  decibels: DrawRange
}

/** The sign of every sample turned over. */
export interface PolarityStep extends StepOptions {
  kind: 'polarity'
}

/** Later (or, below 0, earlier) in a clip of the same length; what leaves it is lost, or comes in at its other end. */
export interface TimeShiftStep extends StepOptions {
  kind: 'time-shift'
  seconds: DrawRange
  fill: 'silence' | 'wrap'
}

/** A part of this length from a place drawn in the clip; a shorter clip gets silence around it, at a place drawn too. */
export interface CropOrPadStep extends StepOptions {
  kind: 'crop'
  seconds: DrawRange
}

/** Silence put in at a place drawn in the clip, which grows by it. */
export interface SilenceStep extends StepOptions {
  kind: 'silence'
  seconds: DrawRange
}

/** What counts as a sound's level (see levelPower): its whole, what of it is no pause, its peak, or as an ear weighs it. */
export type LevelMode = 'rms' | 'active' | 'peak' | 'a-weighted'

/** Generated noise at a signal-to-noise ratio (see addNoise). */
export interface NoiseStep extends StepOptions {
  kind: 'noise'
  color: 'white' | 'pink' | 'brown'
  snrDb: DrawRange
  level: LevelMode
}

/** Where the other sounds of a step come from: the clips of a query of the catalog, or the sound files of a folder. */
export type SoundSource = { query: string } | { folder: string }

/** Noise out of other sounds, at a signal-to-noise ratio (see addNoise). */
export interface RecordedNoiseStep extends StepOptions {
  kind: 'recorded-noise'
  source: SoundSource
  snrDb: DrawRange
  level: LevelMode
}

/** Several other sounds at once, equally loud, as noise at a signal-to-noise ratio (see mixBabble and addNoise). */
export interface BabbleStep extends StepOptions {
  kind: 'babble'
  source: SoundSource
  /** How many: whole numbers, both ends among them. */
  voices: DrawRange
  snrDb: DrawRange
  level: LevelMode
}

/** So many times as fast at the same pitch (see stretchTime): the clip is as much shorter. */
export interface TimeStretchStep extends StepOptions {
  kind: 'time-stretch'
  rate: DrawRange
}

/** Higher or lower at the same speed (see shiftPitch). */
export interface PitchShiftStep extends StepOptions {
  kind: 'pitch-shift'
  semitones: DrawRange
}

export type AugmentationStep =
  | BabbleStep
  | TimeStretchStep
  | PitchShiftStep
  | GainStep
  | PolarityStep
  | TimeShiftStep
  | CropOrPadStep
  | SilenceStep
  | NoiseStep
  | RecordedNoiseStep

/** Done from the first to the last. */
export interface AugmentationChain {
  steps: AugmentationStep[]
}
