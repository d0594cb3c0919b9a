/** What can be asked of the media threads: the kinds of task, what each is given and what it returns. */
import type { DrawnStep } from '../../dsp/augment/apply-chain'
import type { DrawPlace } from '../../dsp/augment/draw-place'
import type { AugmentedSound } from '../../dsp/augment/sound'
import type { Spectrogram } from '../../dsp/features'
import type { AugmentationChain, ChannelChoice, FrontEnd } from '../../dsp/recipe'
import type { Thumbnail } from '../../dsp/thumbnail'
import type { Tile, TileSettings } from '../../dsp/tile'
import type { AudioFormat } from '../../formats/audio/decoded-audio'
import type { AppErrorData } from '../../shared/errors'
import type { FeaturePlan, SegmentValues } from './feature-tasks'
import type { ColumnsInput } from './outline-tasks'

/** A sound file by absolute path. */
export interface MediaFile {
  path: string
  /** Names the file's content: its decode and what was computed from it are kept under this name. */
  soundKey?: string
}

/** A span of a sound file; an end beyond the file's end means its end. */
export interface MediaSpan extends MediaFile {
  startSeconds: number
  endSeconds: number
}

/** A span that may be at hand already. */
export interface HeardSpan extends MediaSpan {
  /** Its samples, in the one channel and at the rate that are asked for: memory that all threads share, and nobody writes to. */
  samples?: Float32Array
}

/** A sound that a draw takes: of a longer one an excerpt (see MaterialPick). */
export interface MaterialSpan extends HeardSpan {
  place: number
}

/** A chain, which of its draws, and the sounds that this draw takes. */
export interface Augmentation {
  chain: AugmentationChain
  place: DrawPlace
  /** For each step (see drawSounds); absent: none takes one. */
  materials?: MaterialSpan[][]
  /** For each step the clip that this draw mixes in (see PartnerPool); absent: none does. */
  partners?: (MediaPartner | null)[]
}

export interface MediaPartner {
  id: string
  className: string | null
  span: HeardSpan
  /** What is labeled of it, in its seconds; absent: nothing. */
  segments?: AugmentedSound['segments']
  /** As those of the example, for the steps that it goes through. */
  materials?: MaterialSpan[][]
}

/** Some of the frames or segments of a span. */
export interface FeatureRange {
  frontEnd: FrontEnd
  first: number
  count: number
}

export interface Probe {
  /** SHA-256 of the file's bytes, hexadecimal. */
  contentHash: string
  sizeBytes: number
  modifiedMs: number
  format: AudioFormat
  sampleRateHz: number
  channelCount: number
  durationSeconds: number
  /** Something a person should know although the file can be read. */
  warning: string | null
}

export interface MediaTasks {
  /** Decodes the whole file, so that what is broken is found at import and not in the middle of a training run. */
  probe: { input: { path: string }; output: Probe }
  /** One channel, resampled where a rate is given. */
  samples: {
    input: MediaSpan & { sampleRateHz: number | null; channel: ChannelChoice }
    output: { samples: Float32Array; sampleRateHz: number }
  }
  /**
   * One channel of a span as a chain changes it, at the rate that is given or else the file's own: what training hears
   * before its front end. Segments, in seconds of the span, move with the sound.
   */
  augmented: {
    input: MediaSpan & {
      sampleRateHz: number | null
      channel: ChannelChoice
      augmentation: Augmentation
      segments?: AugmentedSound['segments']
    }
    output: AugmentedSound & { drawn: DrawnStep[] }
  }
  /** Largest magnitude of a span's samples at the file's own rate, full scale being 1. */
  peak: { input: MediaSpan & { channel: ChannelChoice }; output: { peak: number } }
  /** A sound that a draw of a chain takes (see MaterialPick), as `features` hears it: in one channel at this rate. */
  excerpt: {
    input: MaterialSpan & { sampleRateHz: number; channel: ChannelChoice }
    /** Whether this is all of the span. */
    output: { samples: Float32Array; isWhole: boolean }
  }
  /** All channels at the file's own rate. */
  channels: { input: MediaSpan; output: { channels: Float32Array[]; sampleRateHz: number } }
  /**
   * The picture of a span as a front end sees it: the same computation everywhere; of its sound as an augmentation
   * changes it, where one is given.
   */
  features: {
    input: HeardSpan & { frontEnd: FrontEnd; augmentation?: Augmentation; segments?: AugmentedSound['segments'] }
    /** With what was drawn; nothing where there is no augmentation. */
    output: Spectrogram & { drawn: DrawnStep[] }
  }
  /** The same cut into the front end's segments, or whole where it has none. */
  segments: {
    input: MediaSpan & { frontEnd: FrontEnd }
    output: SegmentValues
  }
  /** How the same is computed in pieces, where it can be. */
  featurePlan: { input: MediaSpan & { frontEnd: FrontEnd }; output: FeaturePlan }
  /** The loudest power of frames `first` to `first` + `count`, from which decibels count. */
  loudest: { input: MediaSpan & FeatureRange; output: { power: number } }
  /** Frames or segments `first` to `first` + `count`; see FeaturePieces.compute. */
  featurePiece: { input: MediaSpan & FeatureRange & { loudest?: number }; output: SegmentValues }
  /** Makes a long compressed recording ready for reading by place; what else it is, is ready. Progress in samples. */
  prepare: { input: MediaFile & { soundKey: string }; output: { isReady: true } }
  /**
   * Bytes of what people hear: a WAV file of the span, of as many bits as the recording has (16,
   * 24 or floats; lossy formats 16), cut from the decode that the picture is cut from. Beyond 4 GiB it is RF64.
   */
  rendition: { input: MediaSpan & { from: number; to: number }; output: { bytes: Uint8Array; totalBytes: number } }
  /** Of the whole recording; see computeFingerprint. */
  fingerprint: { input: MediaFile; output: { codes: Uint32Array } }
  /** A small spectrogram of a span; a sketch looks at a few places of it only. */
  thumbnail: { input: MediaSpan & { width: number; height: number; isSketch: boolean }; output: Thumbnail }
  /** What a file is now; quick, for only its header is read. */
  facts: { input: MediaFile; output: { frames: number; sampleRateHz: number; channelCount: number } }
  /** A piece of the whole recording's spectrogram; see computeTile. Far out a sketch is quick, where all takes seconds. */
  tile: {
    input: MediaFile & { channel: ChannelChoice; settings: TileSettings; index: number; isSketch: boolean }
    output: Tile
  }
  /** See outlineChunk. */
  outlineChunk: { input: MediaFile & { chunk: number }; output: { tables: Float32Array[] } }
  /** See outlineSpan and outlineColumns. */
  outlineSpan: { input: MediaFile & ColumnsInput; output: { columns: Float32Array } }
}

export type MediaTaskKind = keyof MediaTasks
export type MediaInput<K extends MediaTaskKind> = MediaTasks[K]['input']
export type MediaOutput<K extends MediaTaskKind> = MediaTasks[K]['output']

export interface MediaRequest {
  id: number
  kind: MediaTaskKind
  input: MediaInput<MediaTaskKind>
}

/** What a thread is told: a task, or that nobody waits for one any more. */
export type MediaMessage = MediaRequest | { cancel: number }

export type MediaReply =
  | { id: number; output: MediaOutput<MediaTaskKind> }
  | { id: number; error: AppErrorData }
  /** Of long tasks, in what the task counts. */
  | { id: number; done: number }
