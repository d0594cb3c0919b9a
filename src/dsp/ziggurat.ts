/**
 * Normal values by the ziggurat (Marsaglia & Tsang 2000): 128 layers of one area over the curve; what falls where a layer
 * lies under the curve, 99 of 100, is taken at once. Layer and value are of bits apart (Doornik 2005).
 */
import { nextBits } from './sfc32'

const layers = 128
/** Where the tail begins, and the area of each layer (Marsaglia & Tsang 2000, for 128). */
const tailFrom = 3.442619855899
const layerArea = 9.91256303526217e-3

/** Right edges of the layers, from the lowest, whose area with the tail is that of the others, to 0 at the top. */
const edges = new Float64Array(layers + 1)
/** What one step of the 25 bits of a draw is in each layer, and how many steps lie under the curve for certain. */
const stepWidths = new Float64Array(layers)
const safeSteps = new Float64Array(layers)
const halfSteps = 2 ** 24

function makeLayers(): void {
  const height = (x: number): number => Math.exp(-0.5 * x * x)
  edges[0] = layerArea / height(tailFrom)
  edges[1] = tailFrom
  for (let i = 2; i < layers; i++) {
    const below = edges[i - 1]!
    edges[i] = Math.sqrt(-2 * Math.log(layerArea / below + height(below)))
  }
  for (let i = 0; i < layers; i++) {
    stepWidths[i] = edges[i]! / halfSteps
    safeSteps[i] = (edges[i + 1]! / edges[i]!) * halfSteps
  }
}
makeLayers()

/** Fills an array with normal values, from a state of sfc32 and on; all of it in local variables. */
export function drawNormals(values: Float32Array, state: Uint32Array): void {
  let a = state[0]! | 0
  let b = state[1]! | 0
  let c = state[2]! | 0
  let counter = state[3]! | 0
  for (let index = 0; index < values.length; index++) {
    const bits = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + bits) | 0
    const layer = bits & (layers - 1)
    const steps = (bits >> 7) + 0.5
    if (Math.abs(steps) < safeSteps[layer]!) {
      values[index] = steps * stepWidths[layer]!
      continue
    }
    state[0] = a
    state[1] = b
    state[2] = c
    state[3] = counter
    values[index] = drawAtEdge(layer, steps, state)
    a = state[0] | 0
    b = state[1] | 0
    c = state[2] | 0
    counter = state[3] | 0
  }
  state[0] = a
  state[1] = b
  state[2] = c
  state[3] = counter
}

/** Of a draw that may lie over the curve: itself, one of the tail, or one drawn anew. */
function drawAtEdge(firstLayer: number, firstSteps: number, state: Uint32Array): number {
  let [layer, steps] = [firstLayer, firstSteps]
  for (;;) {
    if (Math.abs(steps) < safeSteps[layer]!) return steps * stepWidths[layer]!
    if (layer === 0) return drawTail(steps < 0, state)
    const x = steps * stepWidths[layer]!
    const low = Math.exp(-0.5 * (edges[layer]! * edges[layer]! - x * x))
    const high = Math.exp(-0.5 * (edges[layer + 1]! * edges[layer + 1]! - x * x))
    if (low + nextShare(state) * (high - low) < 1) return x
    const bits = nextBits(state)
    layer = bits & (layers - 1)
    steps = (bits >> 7) + 0.5
  }
}

/** Beyond the last edge (Marsaglia 1964). */
function drawTail(isNegative: boolean, state: Uint32Array): number {
  for (;;) {
    const x = Math.log(nextShare(state)) / tailFrom
    const y = Math.log(nextShare(state))
    if (-2 * y >= x * x) return isNegative ? x - tailFrom : tailFrom - x
  }
}

/** Between 0 and 1, neither of them. */
function nextShare(state: Uint32Array): number {
  return ((nextBits(state) >>> 0) + 0.5) / 2 ** 32
}
