/** Plays clips: the one place of the page that knows AudioContext, worker and audio thread. */
import type { SoundFacts } from './clip-sound'
import feederUrl from './feeder-worklet.ts?worker&url'
import type { FromFeeder, FromWorker, ToFeeder, ToWorker } from './messages'
import type { Listening, Mark, SoundPiece } from './sound-plan'
import SoundWorker from './sound-worker.ts?worker'

/** Where in which clip is heard now. */
export interface HeardPlace {
  clipId: string
  seconds: number
}

export interface EngineEvents {
  /** The first frame of a `play` goes out. */
  onStarted(): void
  /** Everything that was to be played has been heard. */
  onEnded(): void
  onFacts(clipId: string, facts: SoundFacts): void
  onFailed(message: string): void
}

/** What the player needs of an engine. */
export interface Engine {
  /** Has a clip's beginning, or another place of it, ready; answers with `onFacts`. */
  prefetch(clipId: string, seconds: number): void
  /**
   * Plays pieces one after the other, instead of what is heard now.
   * @param isJoin the pieces begin where `joinPlace` says that the sound will be in a moment, and take over there
   */
  play(pieces: SoundPiece[], listening: Listening, isJoin?: boolean): void
  /** Adds a piece behind what is played, without a gap. */
  append(piece: SoundPiece): void
  stop(): void
  /** Amplitude of everything that goes out. */
  setGain(gain: number): void
  /** Null when nothing is heard. */
  place(): HeardPlace | null
  /** Where the sound will be when a `play` that joins takes over. */
  joinPlace(): HeardPlace | null
  /** Highest absolute sample of what went out last, before it was limited to ±1. */
  peak(): number
  /** Throws away what is kept of clips. */
  forget(): void
}

/** So long a new stream has to get ready before it takes the old one's place. */
const joinSeconds = 0.08
/** An unused output is let go, so that a laptop's audio can sleep. */
const idleMs = 10_000
const quantum = 128

interface Output {
  context: AudioContext
  gain: GainNode
  analyser: AnalyserNode
}

interface Playing {
  stream: number
  marks: Mark[]
  /** Frame `frame` of the stream went out at frame `contextFrame` of the context. */
  anchor: { frame: number; contextFrame: number } | null
}

export class SoundEngine implements Engine {
  #output: Output | null = null
  #worker: Worker | null = null
  #waiting: ToWorker[] = []
  #gain = 1
  #streams = 0
  /** What was asked for last, and before it has begun, what is still heard. */
  #playing: Playing | null = null
  #leaving: Playing | null = null
  #joinFrame = 0
  #idle: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly events: EngineEvents) {}

  prefetch(clipId: string, seconds: number): void {
    this.#tell({ kind: 'prefetch', clipId, seconds })
  }

  play(pieces: SoundPiece[], listening: Listening, isJoin = false): void {
    const { context } = this.#open()
    clearTimeout(this.#idle)
    if (context.state !== 'running') void context.resume()
    const atFrame = isJoin && this.#heard() ? this.#joinFrame : null
    if (this.#playing?.anchor) this.#leaving = this.#playing
    this.#playing = { stream: ++this.#streams, marks: [], anchor: null }
    this.#tell({ kind: 'play', stream: this.#playing.stream, atFrame, pieces, listening })
  }

  append(piece: SoundPiece): void {
    if (this.#playing) this.#tell({ kind: 'append', stream: this.#playing.stream, piece })
  }

  stop(): void {
    if (!this.#playing) return
    this.#tell({ kind: 'stop' })
    this.#rest()
  }

  setGain(gain: number): void {
    this.#gain = gain
    this.#output?.gain.gain.setTargetAtTime(gain, this.#output.context.currentTime, 0.01)
  }

  place(): HeardPlace | null {
    const heard = this.#heard()
    return heard && placeAt(heard, this.#heardFrame())
  }

  joinPlace(): HeardPlace | null {
    const heard = this.#heard()
    const { context } = this.#output ?? {}
    if (!heard || !context) return null
    const now = Math.round(context.currentTime * context.sampleRate)
    this.#joinFrame = Math.ceil((now + joinSeconds * context.sampleRate) / quantum) * quantum
    return placeAt(heard, this.#joinFrame)
  }

  peak(): number {
    if (!this.#output) return 0
    const block = new Float32Array(this.#output.analyser.fftSize)
    this.#output.analyser.getFloatTimeDomainData(block)
    return block.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)
  }

  forget(): void {
    this.#tell({ kind: 'forget' })
  }

  #heard(): Playing | null {
    return this.#playing?.anchor ? this.#playing : this.#leaving
  }

  #rest(): void {
    this.#playing = this.#leaving = null
    this.#restSoon()
  }

  #restSoon(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#output?.context.suspend(), idleMs)
  }

  /** Frame of the context that is at the loudspeaker now: what has been computed, less what the output still holds. */
  #heardFrame(): number {
    const { context } = this.#output!
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp()
    const since = (performance.now() - performanceTime) / 1000
    const isFresh = contextTime > 0 && since >= 0 && since < 1
    const seconds = isFresh ? contextTime + since : context.currentTime - context.outputLatency
    return Math.min(seconds, context.currentTime) * context.sampleRate
  }

  #tell(message: ToWorker): void {
    this.#open()
    // The worker begins when the audio thread has the feeder.
    if (this.#worker) this.#worker.postMessage(message)
    else this.#waiting.push(message)
  }

  #open(): Output {
    if (this.#output) return this.#output
    const context = new AudioContext({ latencyHint: 'interactive' })
    const gain = new GainNode(context, { gain: this.#gain })
    const analyser = new AnalyserNode(context, { fftSize: 1024 })
    gain.connect(analyser).connect(context.destination)
    this.#output = { context, gain, analyser }
    this.#restSoon()
    this.#start(context, gain).catch((thrown: unknown) =>
      this.events.onFailed(thrown instanceof Error ? thrown.message : String(thrown)),
    )
    return this.#output
  }

  async #start(context: AudioContext, gain: GainNode): Promise<void> {
    await context.audioWorklet.addModule(feederUrl)
    const feeder = new AudioWorkletNode(context, 'sound-feeder', { numberOfInputs: 0, outputChannelCount: [2] })
    feeder.port.onmessage = (event: MessageEvent<FromFeeder>) => this.#hearFeeder(event.data)
    feeder.connect(gain)
    const worker = new SoundWorker()
    worker.onmessage = (event: MessageEvent<FromWorker>) => this.#hearWorker(event.data)
    worker.onerror = (event) => this.events.onFailed(event.message)
    const line = new MessageChannel()
    const toFeeder: ToFeeder = { kind: 'connect', port: line.port2 }
    feeder.port.postMessage(toFeeder, [line.port2])
    const toWorker: ToWorker = { kind: 'connect', port: line.port1, sampleRateHz: context.sampleRate }
    worker.postMessage(toWorker, [line.port1])
    for (const message of this.#waiting.splice(0)) worker.postMessage(message)
    this.#worker = worker
  }

  #hearWorker(message: FromWorker): void {
    if (message.kind === 'facts') return this.events.onFacts(message.clipId, message.facts)
    const playing = this.#playing
    if (playing?.stream !== message.stream) return
    if (message.kind === 'marks') {
      playing.marks.push(...message.marks)
      return
    }
    this.stop()
    this.events.onFailed(message.message)
  }

  #hearFeeder(message: FromFeeder): void {
    const playing = this.#playing
    if (playing?.stream !== message.stream) return
    if (message.kind === 'anchor') {
      const isFirst = playing.anchor === null
      playing.anchor = { frame: message.frame, contextFrame: message.contextFrame }
      this.#leaving = null
      if (isFirst) this.events.onStarted()
    } else if (message.kind === 'ended') this.#endWhenHeard(playing, message.contextFrame)
  }

  /** The last frame is out of the computer a moment after it is out of the audio thread. */
  #endWhenHeard(playing: Playing, contextFrame: number): void {
    const { sampleRate } = this.#output!.context
    const wait = (contextFrame - this.#heardFrame()) / sampleRate
    setTimeout(
      () => {
        if (this.#playing !== playing) return
        this.#rest()
        this.events.onEnded()
      },
      Math.max(0, 1000 * wait),
    )
  }
}

function placeAt({ marks, anchor }: Playing, contextFrame: number): HeardPlace | null {
  if (!anchor) return null
  const frame = Math.max(anchor.frame, anchor.frame + contextFrame - anchor.contextFrame)
  // Marks are there long before they are heard; those that were heard are done with.
  while (marks.length > 1 && marks[1]!.frame <= frame - 48_000) marks.shift()
  const mark = marks.findLast((one) => one.frame <= frame) ?? marks[0]
  if (!mark) return null
  const sample = mark.sample + (frame - mark.frame) * mark.samplesPerFrame
  return { clipId: mark.clipId, seconds: Math.max(0, sample) / mark.sampleRateHz }
}
