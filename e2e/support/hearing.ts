/** What goes out to the loudspeaker, sample by sample: tests hear the page through this. */
import { expect, type Page } from '@playwright/test'
import { RealFft } from '../../src/dsp/fft'

export interface Heard {
  sampleRateHz: number
  /** Frame of the audio context at which it begins. */
  firstFrame: number
  left: Float32Array
  right: Float32Array
  /** Where the audio thread left the recorder out: what went out there is not known, and stands as silence. */
  unheard: { at: number; frames: number }[]
}

interface Ear {
  sampleRateHz: number
  /** What went out before is forgotten. */
  sinceFrame: number
  blocks: { frame: number; left: Float32Array; right: Float32Array }[]
  /** Has the recorder hand over what it holds, and say so with `onSent`. */
  askForRest(): void
  onSent(): void
}

const recorder = `
  registerProcessor('e2e-recorder', class extends AudioWorkletProcessor {
    frame = 0; left = []; right = []
    constructor() {
      super()
      this.port.onmessage = () => { this.send(); this.port.postMessage('sent') }
    }
    process([[left, right]]) {
      // It is not called while nothing is connected.
      if (this.frame + this.left.length !== currentFrame || this.left.length >= 2048) this.send()
      if (this.left.length === 0) this.frame = currentFrame
      const silence = new Float32Array(128)
      this.left.push(...(left ?? silence)); this.right.push(...(right ?? left ?? silence))
      return true
    }
    send() {
      if (this.left.length > 0)
        this.port.postMessage({ frame: this.frame, left: Float32Array.from(this.left), right: Float32Array.from(this.right) })
      this.left = []; this.right = []
    }
  })`

/**
 * Records everything that any audio context of the page gives out, on the audio thread itself, so that nothing is lost.
 * To be called before the first clip is opened, in a page that bypasses its policy: the recorder is a script of the test.
 */
export async function startHearing(page: Page): Promise<void> {
  await page.evaluate((recorderText) => {
    const recorderUrl = URL.createObjectURL(new Blob([recorderText], { type: 'text/javascript' }))
    const nothing = (): void => undefined
    const ear: Ear = { sampleRateHz: 0, sinceFrame: 0, blocks: [], askForRest: nothing, onSent: nothing }
    const place = window as unknown as { ear: Ear }
    place.ear = ear

    const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode
    ;(AudioNode.prototype as { connect: unknown }).connect = function (this: AudioNode, to: AudioNode) {
      if (to === this.context.destination)
        void this.context.audioWorklet.addModule(recorderUrl).then(() => {
          const node = new AudioWorkletNode(this.context, 'e2e-recorder', {
            numberOfOutputs: 0,
            channelCount: 2,
            channelCountMode: 'explicit',
          })
          node.port.onmessage = ({ data }: MessageEvent<Ear['blocks'][number] | 'sent'>) => {
            if (data === 'sent') ear.onSent()
            else ear.blocks.push(data)
          }
          ear.askForRest = () => node.port.postMessage('send')
          connect.call(this, node)
          ;(window as unknown as { context: BaseAudioContext }).context = this.context
          ear.sampleRateHz = this.context.sampleRate
        })
      return connect.call(this, to)
    }
  }, recorder)
}

/** Waits until the recorder records. */
export async function awaitHearing(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => (window as unknown as { ear: Ear }).ear.sampleRateHz)).toBeGreaterThan(0)
}

/** Forgets what was heard, also what is still on its way here. */
export async function forgetHeard(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { ear, context } = window as unknown as { ear: Ear; context: BaseAudioContext }
    ear.sinceFrame = Math.ceil(context.currentTime * context.sampleRate)
    ear.blocks.length = 0
  })
}

/** Frames since the last `forgetHeard`, silence too: to wait by, for it leaves the page and its audio thread alone. */
export const countHeard = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { blocks, sinceFrame } = (window as unknown as { ear: Ear }).ear
    const last = blocks.at(-1)
    return last ? last.frame + last.left.length - sinceFrame : 0
  })

/** Everything since the last `forgetHeard`, less the silence at both ends. */
export async function readHeard(page: Page): Promise<Heard> {
  const { sampleRateHz, firstFrame, left, right, gaps } = await page.evaluate(async () => {
    const { ear } = window as unknown as { ear: Ear }
    // The last of what was heard may still be on the audio thread.
    await new Promise<void>((resolve) => {
      ear.onSent = resolve
      ear.askForRest()
    })
    const { blocks, sampleRateHz, sinceFrame } = ear
    const [start, last] = [blocks[0]?.frame ?? 0, blocks.at(-1)]
    const end = last ? last.frame + last.left.length : start
    const write = (channel: 'left' | 'right'): string => {
      const all = new Float32Array(end - start)
      for (const block of blocks) all.set(block[channel], block.frame - start)
      all.fill(0, 0, Math.max(0, sinceFrame - start))
      let text = ''
      const bytes = new Uint8Array(all.buffer)
      for (let from = 0; from < bytes.length; from += 8192)
        text += String.fromCharCode(...bytes.subarray(from, from + 8192))
      return btoa(text)
    }
    const gaps = blocks.slice(1).map(({ frame }, n) => {
      const from = blocks[n]!.frame + blocks[n]!.left.length
      return { at: from - start, frames: frame - from }
    })
    return { sampleRateHz, firstFrame: start, left: write('left'), right: write('right'), gaps }
  })
  const samplesOf = (text: string): Float32Array => {
    const bytes = Buffer.from(text, 'base64')
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  }
  const [all, other] = [samplesOf(left), samplesOf(right)]
  const isLoud = (value: number, n: number): boolean => value !== 0 || other[n] !== 0
  const first = Math.max(0, all.findIndex(isLoud))
  const end = all.findLastIndex(isLoud) + 1
  const unheard = gaps
    .map(({ at, frames }) => ({ at: at - first, frames }))
    .filter(({ at, frames }) => frames > 0 && at > 0 && at < end - first)
  return {
    sampleRateHz,
    firstFrame: firstFrame + first,
    left: all.slice(first, end),
    right: other.slice(first, end),
    unheard,
  }
}

/** Less the silence at both ends. */
export function trimSilence(sound: Float32Array): Float32Array {
  return sound.slice(
    sound.findIndex((value) => value !== 0),
    sound.findLastIndex((value) => value !== 0) + 1,
  )
}

/** Frames of zeros where the sound worker was not given time to compute: the feeder then waits, and leaves nothing out. */
export interface Hole {
  /** In what should be heard: the frame that came late. */
  at: number
  frames: number
}

/**
 * Holds every frame that was heard against what should be, and finds the holes.
 * @param isWhole everything that should be heard was
 * @throws Error where a frame is another one
 */
export function alignHeard(heard: Float32Array, expected: Float32Array, isWhole = true): Hole[] {
  const holes: Hole[] = []
  let at = 0
  for (let n = 0; n < heard.length; n++) {
    if (Math.abs(heard[n]! - (expected[at] ?? Infinity)) < 1e-6) at++
    else if (heard[n] === 0) {
      const last = holes.at(-1)
      if (last?.at === at) last.frames++
      else holes.push({ at, frames: 1 })
    } else throw new Error(`Frame ${n} is ${heard[n]}, and should be ${expected[at]} of place ${at}.`)
  }
  if (isWhole && at !== expected.length) throw new Error(`${at} frames were heard of ${expected.length}.`)
  return holes
}

/** Which frame of what should be heard goes out as frame `n` of what was: in a hole the one that came late. */
export function placeHeard(n: number, holes: readonly Hole[]): number {
  let place = n
  for (const { at, frames } of holes) place = place <= at ? place : Math.max(at, place - frames)
  return place
}

/**
 * For the page: notes what the playhead says whenever it says something new, with the frame that was at the loudspeaker when the
 * page asked which that is. How long it then takes to write it down belongs to the machine: a slow one takes a millisecond.
 */
export function watchPlayhead(): void {
  const place = window as unknown as { drawn: [number, number][]; ask?: (this: AudioContext) => AudioTimestamp }
  const drawn: [number, number][] = []
  place.drawn = drawn
  const ask = (place.ask ??= Object.getOwnPropertyDescriptor(AudioContext.prototype, 'getOutputTimestamp')!
    .value as () => AudioTimestamp)
  let asked: number | null = null
  AudioContext.prototype.getOutputTimestamp = function (this: AudioContext) {
    const stamp = ask.call(this)
    const { contextTime = 0, performanceTime = 0 } = stamp
    asked = (contextTime + (performance.now() - performanceTime) / 1000) * this.sampleRate
    return stamp
  }
  const slider = document.querySelector('[aria-label="Position in the clip"]')!
  new MutationObserver(() => {
    if (asked !== null) drawn.push([Number(slider.getAttribute('aria-valuenow')), asked])
  }).observe(slider, { attributes: true, attributeFilter: ['aria-valuenow'] })
}

/** Frequency of the strongest part of a signal, in Hz, to half a bin of its whole length (at most 2^16 samples). */
export function strongestHertz(signal: Float32Array, sampleRateHz: number): number {
  const { power, size } = spectrum(signal)
  return (power.indexOf(power.reduce((most, value) => Math.max(most, value), 0)) * sampleRateHz) / size
}

/** Energy between two frequencies as a share of all of it. */
export function shareOfEnergy(signal: Float32Array, sampleRateHz: number, lowHz: number, highHz: number): number {
  const { power, size } = spectrum(signal)
  let [within, all] = [0, 0]
  power.forEach((value, bin) => {
    const hertz = (bin * sampleRateHz) / size
    all += value
    if (hertz >= lowHz && hertz <= highHz) within += value
  })
  return within / all
}

function spectrum(signal: Float32Array): { power: Float64Array; size: number } {
  const size = 2 ** Math.floor(Math.log2(Math.min(signal.length, 65_536)))
  const fft = new RealFft(size)
  const from = Math.floor((signal.length - size) / 2)
  for (let n = 0; n < size; n++) fft.input[n] = signal[from + n]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size))
  fft.transform()
  return { power: Float64Array.from(fft.real, (re, k) => re * re + fft.imaginary[k]! ** 2), size }
}
