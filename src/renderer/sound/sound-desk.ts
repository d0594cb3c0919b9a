/** What the sound worker does, apart from being one: keeps clips at hand, and streams ahead of what is heard. */
import { AppError, toAppError } from '../../shared/errors'
import { ClipSound, type FetchRange } from './clip-sound'
import type { FromFeeder, FromWorker, ToFeeder, ToWorker } from './messages'
import { SoundStream } from './sound-stream'

/** How far streams are computed ahead: a busy machine may hold up the worker for so long. */
const aheadSeconds = 1
const keptBytes = 96 * 2 ** 20
const keptClips = 12

interface Running {
  id: number
  stream: SoundStream
  clipIds: Set<string>
  sentFrames: number
  usedFrames: number
  isAtEnd: boolean
  isBusy: boolean
}

/** Whoever the desk speaks to. */
export interface DeskLines {
  tellPage(message: FromWorker): void
  tellFeeder(message: Exclude<ToFeeder, { kind: 'connect' }>, transfer: Transferable[]): void
}

export class SoundDesk {
  readonly #clips = new Map<string, ClipSound>()
  #running: Running | null = null

  constructor(
    private readonly fetchRange: FetchRange,
    private readonly outputRateHz: number,
    private readonly lines: DeskLines,
  ) {}

  receive(message: Exclude<ToWorker, { kind: 'connect' }>): void {
    switch (message.kind) {
      case 'prefetch':
        // What cannot be had is said when somebody wants to hear it.
        this.#prefetch(message.clipId, message.seconds).catch(() => undefined)
        return
      case 'play': {
        const { stream: id, atFrame, pieces, listening } = message
        const stream = new SoundStream(pieces, listening, this.outputRateHz, (clipId) => this.#clip(clipId))
        const clipIds = new Set(pieces.map(({ clipId }) => clipId))
        const running = { id, stream, clipIds, sentFrames: 0, usedFrames: 0, isAtEnd: false, isBusy: false }
        this.#running = running
        this.lines.tellFeeder({ kind: 'begin', stream: id, atFrame }, [])
        void this.#pump(running)
        return
      }
      case 'append': {
        const running = this.#running
        if (running?.id !== message.stream) return
        running.clipIds.add(message.piece.clipId)
        running.stream.append(message.piece)
        running.isAtEnd = false
        void this.#pump(running)
        return
      }
      case 'stop':
        this.#running = null
        this.lines.tellFeeder({ kind: 'stop' }, [])
        return
      case 'forget':
        this.#clips.clear()
    }
  }

  /** What the feeder says: only what is used up is the desk's. */
  hear(message: FromFeeder): void {
    if (message.kind !== 'used' || this.#running?.id !== message.stream) return
    this.#running.usedFrames = message.frames
    void this.#pump(this.#running)
  }

  /** Computes until far enough ahead. One at a time: a call while another is at it changes nothing. */
  async #pump(running: Running): Promise<void> {
    if (running.isBusy) return
    running.isBusy = true
    try {
      while (this.#wants(running)) {
        const { left, right, marks, isLast } = await running.stream.next()
        if (this.#running !== running) return
        running.sentFrames += left.length
        running.isAtEnd = isLast
        if (marks.length > 0) this.lines.tellPage({ kind: 'marks', stream: running.id, marks })
        const message = { kind: 'block', stream: running.id, left, right, isLast } as const
        this.lines.tellFeeder(message, [left.buffer, right.buffer])
      }
    } catch (thrown) {
      if (this.#running !== running) return
      this.#running = null
      this.lines.tellPage({ kind: 'failed', stream: running.id, message: toAppError(thrown).message })
    } finally {
      running.isBusy = false
    }
    this.#forgetOld()
  }

  #wants(running: Running): boolean {
    const ahead = running.sentFrames - running.usedFrames
    return this.#running === running && !running.isAtEnd && ahead < aheadSeconds * this.outputRateHz
  }

  async #prefetch(clipId: string, seconds: number): Promise<void> {
    const clip = this.#clip(clipId)
    this.lines.tellPage({ kind: 'facts', clipId, facts: await clip.facts() })
    await clip.prefetch(seconds)
    this.#forgetOld()
  }

  #clip(clipId: string): ClipSound {
    const clip = this.#clips.get(clipId) ?? new ClipSound(clipId, this.fetchRange)
    this.#clips.delete(clipId)
    this.#clips.set(clipId, clip)
    return clip
  }

  #forgetOld(): void {
    const bytes = (): number => [...this.#clips.values()].reduce((sum, clip) => sum + clip.keptBytes, 0)
    for (const clipId of this.#clips.keys()) {
      if (this.#clips.size <= keptClips && bytes() <= keptBytes) return
      if (!this.#running?.clipIds.has(clipId)) this.#clips.delete(clipId)
    }
  }
}

/** Ranges of the page's own host. @throws AppError with what the host says */
export const fetchMediaRange: FetchRange = async (clipId, from, to) => {
  const answer = await fetch(`/media/${encodeURIComponent(clipId)}.wav`, {
    headers: { range: `bytes=${from}-${to - 1}` },
  })
  if (!answer.ok) throw new AppError('bad-file', await answer.text())
  const totalBytes = Number(/\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1] ?? Number.NaN)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return { bytes, totalBytes: Number.isFinite(totalBytes) ? totalBytes : bytes.length }
}
