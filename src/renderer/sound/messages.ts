/** What the page, the sound worker and the feeder on the audio thread say to each other. */
import type { SoundFacts } from './clip-sound'
import type { Listening, Mark, SoundPiece } from './sound-plan'

export type ToWorker =
  | { kind: 'connect'; port: MessagePort; sampleRateHz: number }
  | { kind: 'prefetch'; clipId: string; seconds: number }
  /** @see FeederBegin for `atFrame` */
  | { kind: 'play'; stream: number; atFrame: number | null; pieces: SoundPiece[]; listening: Listening }
  | { kind: 'append'; stream: number; piece: SoundPiece }
  | { kind: 'stop' }
  | { kind: 'forget' }

export type FromWorker =
  | { kind: 'facts'; clipId: string; facts: SoundFacts }
  | { kind: 'marks'; stream: number; marks: Mark[] }
  | { kind: 'failed'; stream: number; message: string }

/** A stream begins as soon as it is there, or takes the place of the one that is heard at a frame of the context. */
interface FeederBegin {
  kind: 'begin'
  stream: number
  atFrame: number | null
}
export type ToFeeder =
  | { kind: 'connect'; port: MessagePort }
  | { kind: 'stop' }
  | FeederBegin
  | {
      kind: 'block'
      stream: number
      left: Float32Array<ArrayBuffer>
      right: Float32Array<ArrayBuffer>
      isLast: boolean
    }

export type FromFeeder =
  /** From `contextFrame` on, the stream's frames go out from `frame` on: at its start, and after it had to wait. */
  | { kind: 'anchor'; stream: number; frame: number; contextFrame: number }
  /** To the worker: so many frames of the stream are used up. */
  | { kind: 'used'; stream: number; frames: number }
  /** The stream's last frame went out just before `contextFrame`. */
  | { kind: 'ended'; stream: number; contextFrame: number }
