/** Impulse responses of rooms with six walls: early reflections by the image-source method, then a decaying noise. */
import type { Random } from '../random'

export const soundMetersPerSecond = 343

type Point = readonly [x: number, y: number, z: number]

export interface Shoebox {
  /** Inner length, width and height in metres. */
  size: Point
  /** In metres from one corner. */
  source: Point
  microphone: Point
  rt60Seconds: number
}

/** Half of the taps of a reflection between two samples (a sinc under a Hann window). */
const reach = 20
/** Reflections are counted out up to so many times √V ms (Polack's mixing time, V in m³). */
const mixingTimes = 3

/** The share of its amplitude that a wall gives back for a decay of 60 dB in so many seconds (Eyring 1930). */
export function wallReflection(size: Point, rt60Seconds: number): number {
  const [x, y, z] = size
  const meanPath = (4 * x * y * z) / (2 * (x * y + y * z + z * x))
  return 10 ** ((-3 * meanPath) / (soundMetersPerSecond * rt60Seconds))
}

export interface Reflection {
  meters: number
  /** β^reflections / metres. */
  amplitude: number
}

/** Paths from the source to the microphone of at most so many metres (Allen & Berkley 1979), all walls alike. */
export function listReflections({ size, source, microphone, rt60Seconds }: Shoebox, mostMeters: number): Reflection[] {
  const beta = wallReflection(size, rt60Seconds)
  const axes = size.map((length, axis) => {
    const offsets: { offset: number; count: number }[] = []
    const most = Math.ceil(mostMeters / (2 * length)) + 1
    for (let m = -most; m <= most; m++)
      for (const side of [0, 1]) {
        const offset = (1 - 2 * side) * source[axis]! + 2 * m * length - microphone[axis]!
        if (Math.abs(offset) <= mostMeters) offsets.push({ offset, count: Math.abs(m - side) + Math.abs(m) })
      }
    return offsets
  })
  const found: Reflection[] = []
  for (const x of axes[0]!)
    for (const y of axes[1]!)
      for (const z of axes[2]!) {
        const meters = Math.hypot(x.offset, y.offset, z.offset)
        if (meters <= mostMeters) found.push({ meters, amplitude: beta ** (x.count + y.count + z.count) / meters })
      }
  return found.sort((a, b) => a.meters - b.meters)
}

/**
 * The response of a room from its direct path on, which is the first sample and 1: reflections up to 3·√V ms, and after that
 * normal noise with the energy that reflections have then on the mean (4π·c/V a second, relative to 1 m), falling by
 * 60 dB in `rt60Seconds`; where both meet, half of that time, they are faded at equal power.
 */
export function makeShoeboxResponse(room: Shoebox, sampleRateHz: number, random: Random): Float32Array {
  const volume = room.size[0] * room.size[1] * room.size[2]
  const direct = Math.max(1e-3, Math.hypot(...room.source.map((value, axis) => value - room.microphone[axis]!)))
  const directSeconds = direct / soundMetersPerSecond
  const endSeconds = directSeconds + (mixingTimes * Math.sqrt(volume)) / 1000
  const fadeSeconds = (endSeconds - directSeconds) / 2
  const response = new Float32Array(Math.ceil(room.rt60Seconds * sampleRateHz) + 1)
  const noise = new Float32Array(response.length)
  random.fillNormal(noise)
  /** Share of the energy that is noise. */
  const noiseShare = (seconds: number): number => Math.min(1, Math.max(0, 1 - (endSeconds - seconds) / fadeSeconds))
  const density = Math.sqrt((4 * Math.PI * soundMetersPerSecond) / (volume * sampleRateHz))
  for (let n = 1; n < response.length; n++) {
    const seconds = directSeconds + n / sampleRateHz
    const level = density * 10 ** ((-3 * seconds) / room.rt60Seconds) * Math.sqrt(noiseShare(seconds))
    response[n] = direct * level * noise[n]!
  }
  for (const { meters, amplitude } of listReflections(room, endSeconds * soundMetersPerSecond)) {
    const seconds = meters / soundMetersPerSecond
    addImpulse(
      response,
      (seconds - directSeconds) * sampleRateHz,
      direct * amplitude * Math.sqrt(1 - noiseShare(seconds)),
    )
  }
  return response
}

/** An impulse between two samples; what would come before the direct path is left out. */
function addImpulse(response: Float32Array, at: number, amplitude: number): void {
  const middle = Math.round(at)
  const fraction = at - middle
  if (Math.abs(fraction) < 1e-9) {
    if (middle < response.length) response[middle]! += amplitude
    return
  }
  for (let n = Math.max(0, middle - reach); n <= Math.min(response.length - 1, middle + reach); n++) {
    const x = n - at
    const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1))
    response[n]! += (amplitude * window * Math.sin(Math.PI * x)) / (Math.PI * x)
  }
}

/** Walls keep this distance, or a fifth of the room where that is less. */
const wallMeters = 0.5

/** A room whose length and width are within a range, 2.4 to 4 m high (no higher than long or wide), and two places in it. */
export function drawShoebox([low, high]: readonly [number, number], rt60Seconds: number, random: Random): Shoebox {
  const length = random.uniform(low, high)
  const width = random.uniform(low, high)
  const height = Math.min(length, width, random.uniform(2.4, 4))
  const size = [length, width, height] as const
  const place = (): Point => {
    const [x, y, z] = size.map((side) => {
      const margin = Math.min(wallMeters, side / 5)
      return random.uniform(margin, side - margin)
    })
    return [x!, y!, z!]
  }
  return { size, source: place(), microphone: place(), rt60Seconds }
}
