/** What the audio thread does: hands out the frames of one stream after the other, and says when which went out. */
import type { FromFeeder, ToFeeder } from './messages'

/** Over which one stream gives way to the other, or to silence. */
const fadeFrames = 256
/** A stream begins when so much of it is there: a busy machine may keep it waiting for the next. */
const startFrames = 8192
/** Between two reports of what is used up. */
const reportFrames = 1024

interface Block {
  left: Float32Array
  right: Float32Array
}

class Queue {
  readonly #blocks: Block[] = []
  /** Of the first block. */
  #at = 0
  frames = 0
  /** Frames that went out or were passed over. */
  used = 0
  hasEnd = false

  constructor(readonly stream: number) {}

  add(block: Block, isLast: boolean): void {
    if (block.left.length > 0) this.#blocks.push(block)
    this.frames += block.left.length
    this.hasEnd = isLast
  }

  /** Writes, or with no outputs passes over, up to `count` frames. @returns how many there were */
  take(count: number, left: Float32Array | null, right: Float32Array | null, offset = 0): number {
    let done = 0
    while (done < count) {
      const block = this.#blocks[0]
      if (!block) break
      const part = Math.min(count - done, block.left.length - this.#at)
      left?.set(block.left.subarray(this.#at, this.#at + part), offset + done)
      right?.set(block.right.subarray(this.#at, this.#at + part), offset + done)
      this.#at += part
      done += part
      if (this.#at < block.left.length) continue
      this.#blocks.shift()
      this.#at = 0
    }
    this.frames -= done
    this.used += done
    return done
  }
}

/**
 * A stream that has to wait gives silence and goes on with the frame that was next. One that takes another's place at a
 * frame of the context and comes late leaves out what should have been heard already, so that both stay in step.
 */
export class Feeder {
  #current: Queue | null = null
  #next: { queue: Queue; atFrame: number | null } | null = null
  #fading: { queue: Queue; left: number } | null = null
  #isWaiting = false
  #reported = 0
  #scratch = { left: new Float32Array(0), right: new Float32Array(0) }

  /** @param tell hears everything that is to be said */
  constructor(private readonly tell: (message: FromFeeder) => void) {}

  receive(message: Exclude<ToFeeder, { kind: 'connect' }>): void {
    switch (message.kind) {
      case 'stop':
        this.#fadeOut()
        this.#next = null
        return
      case 'begin':
        this.#next = { queue: new Queue(message.stream), atFrame: message.atFrame }
        return
      case 'block': {
        const { stream, left, right, isLast } = message
        const queue = [this.#next?.queue, this.#current].find((one) => one?.stream === stream)
        queue?.add({ left, right }, isLast)
      }
    }
  }

  /** Fills two channels with what is heard from frame `contextFrame` of the context on. */
  process(left: Float32Array, right: Float32Array, contextFrame: number): void {
    this.#takeOver(left.length, contextFrame)
    this.#play(left, right, contextFrame)
    this.#addFading(left, right)
  }

  #takeOver(count: number, contextFrame: number): void {
    if (!this.#next) return
    const { queue, atFrame } = this.#next
    if (atFrame !== null && atFrame >= contextFrame + count) return
    const late = atFrame === null ? 0 : Math.max(0, contextFrame - atFrame) - queue.used
    if (late > 0 && queue.take(late, null, null) > 0)
      this.tell({ kind: 'used', stream: queue.stream, frames: queue.used })
    const isBehind = atFrame !== null && queue.used < contextFrame - atFrame
    if (!queue.hasEnd && (isBehind || queue.frames < startFrames)) return
    this.#fadeOut()
    this.#current = queue
    this.#next = null
    this.#isWaiting = true
    this.#reported = queue.used
  }

  #fadeOut(): void {
    if (this.#current && !this.#isWaiting) this.#fading = { queue: this.#current, left: fadeFrames }
    this.#current = null
  }

  #play(left: Float32Array, right: Float32Array, contextFrame: number): void {
    const queue = this.#current
    if (!queue) return
    const first = queue.used
    const done = queue.take(left.length, left, right)
    if (done > 0 && this.#isWaiting) {
      this.#isWaiting = false
      this.tell({ kind: 'anchor', stream: queue.stream, frame: first, contextFrame })
    }
    const isDue = queue.used - this.#reported >= (done < left.length ? 1 : reportFrames)
    if (isDue) {
      this.#reported = queue.used
      this.tell({ kind: 'used', stream: queue.stream, frames: queue.used })
    }
    if (done === left.length) return
    if (queue.hasEnd) {
      this.#current = null
      this.tell({ kind: 'ended', stream: queue.stream, contextFrame: contextFrame + done })
    } else this.#isWaiting = true
  }

  /** The last frames of what was heard before, ever softer, and what took its place ever louder. */
  #addFading(left: Float32Array, right: Float32Array): void {
    const fading = this.#fading
    if (!fading) return
    const count = left.length
    if (this.#scratch.left.length !== count)
      this.#scratch = { left: new Float32Array(count), right: new Float32Array(count) }
    const done = fading.queue.take(count, this.#scratch.left, this.#scratch.right)
    for (let n = 0; n < done && fading.left > 0; n++, fading.left--) {
      const share = fading.left / fadeFrames
      left[n] = left[n]! * (1 - share) + this.#scratch.left[n]! * share
      right[n] = right[n]! * (1 - share) + this.#scratch.right[n]! * share
    }
    if (fading.left === 0 || done < count) this.#fading = null
  }
}
