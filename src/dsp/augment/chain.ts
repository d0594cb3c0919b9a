/** What an augmentation chain is: steps as data, each with its probability, its ranges and the classes it is for. */

/** How the labels of two clips become those of their mixture (see mixTargets). */
export type LabelMix = 'shares' | 'both'

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

export interface ResponseOptions {
  /** 'truncate': the clip stays as long as it is; 'keep': what sounds on makes it longer. */
  tail: 'truncate' | 'keep'
  /** What stays as it is: the clip's root mean square, or the direct path. */
  level: 'rms' | 'direct'
}

/** In a room with six walls, at places that are drawn (see drawShoebox, makeShoeboxResponse). */
export interface RoomStep extends StepOptions, ResponseOptions {
  kind: 'room'
  /** Length and width. */
  roomMeters: DrawRange
  rt60Seconds: DrawRange
}

/** Through a recorded impulse response of a room or a device, from its direct path on (see reverberate). */
export interface ImpulseResponseStep extends StepOptions, ResponseOptions {
  kind: 'impulse-response'
  source: SoundSource
}

/** A microphone further away than 1 m (see moveAway). */
export interface DistanceStep extends StepOptions {
  kind: 'distance'
  meters: DrawRange
  /** Where the room is as loud as the direct sound. */
  criticalMeters: DrawRange
  rt60Seconds: DrawRange
  /** 'falls' with the distance, or as loud as before. */
  level: 'falls' | 'rms'
}

/** What a device lets through (see hearThrough). */
export interface DeviceStep extends StepOptions {
  kind: 'device'
  /** 0: open; the whole range lies under `highHz`. */
  lowHz: DrawRange
  /** From half the rate on: open. */
  highHz: DrawRange
  tiltDb: DrawRange
  /** A share of full scale. */
  offset: DrawRange
}

/** Overdriven (see clipSound). */
export interface ClipStep extends StepOptions {
  kind: 'clip'
  shape: 'hard' | 'soft'
  overDb: DrawRange
}

/** Fewer bits (see quantizeSound); whole numbers are drawn. */
export interface QuantizeStep extends StepOptions {
  kind: 'quantize'
  bits: DrawRange
  dither: 'none' | 'triangular'
}

/** Coded and decoded (see throughCodec). */
export interface CodecStep extends StepOptions {
  kind: 'codec'
  codec: 'g711-mu' | 'g711-a' | 'ima-adpcm'
  /** At the clip's own rate, or by way of 8 kHz. */
  at: 'own' | 'telephone'
}

/** Coded by Opus and decoded (see throughOpus). */
export interface OpusStep extends StepOptions {
  kind: 'opus'
  /** A second, of one channel. */
  kilobits: DrawRange
}

/** Through a lower rate and back; drawn to 100 Hz, and nothing is done where it is not lower. */
export interface ResampleStep extends StepOptions {
  kind: 'resample'
  rateHz: DrawRange
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

/** What no label covers becomes the background of another sound (see swapBackground). */
export interface BackgroundStep extends StepOptions {
  kind: 'background'
  source: SoundSource
  /** Of a clip without segments, what lies so many decibels under its loudest frame is background. */
  quietDb: DrawRange
  /** How much louder than what `beside` says the new background is. */
  levelDb: DrawRange
  beside: 'background' | 'foreground'
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

/**
 * Mixup of two sounds: λ·own + (1 − λ)·another training clip, λ from Beta(α, α), and the labels likewise. The other clip goes
 * through the steps before this one first.
 */
export interface SoundMixupStep extends StepOptions {
  kind: 'sound-mixup'
  alpha: number
  /** In the shares of the sounds, or both classes as heard (see mixTargets). */
  labels: LabelMix
}

/** Between-class mixing with a training clip of another class (see mixBetween); labels in the ratio that was drawn. */
export interface BetweenClassStep extends StepOptions {
  kind: 'between-class'
  /** How much of what is heard is the clip itself, 0 to 1. */
  ratio: DrawRange
}

/** SpecAugment: stripes of bands, each of 0 to `widestBands`, become the mean. */
export interface FrequencyMaskStep extends StepOptions {
  kind: 'frequency-mask'
  masks: number
  widestBands: number
}

/** SpecAugment: stretches of time, each of 0 to `widestFrames`, become the mean. */
export interface TimeMaskStep extends StepOptions {
  kind: 'time-mask'
  masks: number
  widestFrames: number
  /** No mask is longer than this share of the picture, 0 to 1. */
  widestShare: number
}

/** SpecAugment: a frame drawn from the picture moves by up to so many frames, and time beside it stretches (see warpTime). */
export interface TimeWarpStep extends StepOptions {
  kind: 'time-warp'
  widestFrames: number
}

/** The picture as of a louder or softer sound. */
export interface PictureGainStep extends StepOptions {
  kind: 'picture-gain'
  decibels: DrawRange
}

/**
 * Mixup of two pictures of a batch: λ·own + (1 − λ)·other, and the labels likewise; λ from Beta(α, α), folded to 0.5 … 1, so
 * that a picture stays mostly itself.
 */
export interface MixupStep extends StepOptions {
  kind: 'mixup'
  alpha: number
  labels: LabelMix
}

/** A step that needs another clip of the training. */
export type MixingStep = SoundMixupStep | BetweenClassStep

/** Steps that change the sound, before the front end hears it. */
export type SoundStep =
  | BabbleStep
  | BackgroundStep
  | TimeStretchStep
  | PitchShiftStep
  | GainStep
  | PolarityStep
  | TimeShiftStep
  | CropOrPadStep
  | SilenceStep
  | RoomStep
  | ImpulseResponseStep
  | DistanceStep
  | DeviceStep
  | ClipStep
  | QuantizeStep
  | CodecStep
  | OpusStep
  | ResampleStep
  | NoiseStep
  | RecordedNoiseStep
  | MixingStep

/** Steps that change what the front end gave, standardised and cut; they stand after all steps of the sound. */
export type PictureStep = FrequencyMaskStep | TimeMaskStep | TimeWarpStep | PictureGainStep | MixupStep

export type AugmentationStep = SoundStep | PictureStep

/** Every kind is here: the type check says so. */
export const pictureKinds: Readonly<Record<PictureStep['kind'], true>> = {
  'frequency-mask': true,
  'time-mask': true,
  'time-warp': true,
  'picture-gain': true,
  mixup: true,
}

export function isPictureStep(step: AugmentationStep): step is PictureStep {
  return Object.hasOwn(pictureKinds, step.kind)
}

export function isMixingStep(step: AugmentationStep): step is MixingStep {
  return step.kind === 'sound-mixup' || step.kind === 'between-class'
}

/** How a step is named to people: 'step 2 of the chain (babble)'. @param position in the chain, from 0 */
export function nameStep({ kind }: AugmentationStep, position: number): string {
  return `step ${position + 1} of the chain (${kind})`
}

/** Done from the first to the last. */
export interface AugmentationChain {
  steps: AugmentationStep[]
}
