/** Minimises a smooth function of many variables. */

export interface Objective {
  /** Returns the value at `point` and writes the gradient. */
  (point: Float64Array, gradient: Float64Array): number
}

export interface Minimum {
  point: Float64Array
  value: number
  iterations: number
  /** Whether the largest gradient component fell under the tolerance. */
  isConverged: boolean
}

const memory = 12

/**
 * Limited-memory BFGS (Liu & Nocedal 1989) with backtracking to Armijo's condition; no randomness, so that it
 * repeats exactly. Meant for convex functions.
 *
 * @param tolerance stops when no component of the gradient is larger
 * @param onIteration told after every step, with the value there
 */
export function minimize(
  objective: Objective,
  start: Float64Array,
  options: { maxIterations: number; tolerance: number; onIteration?: (iteration: number, point: Float64Array) => void },
): Minimum {
  let point = start.slice()
  let gradient = new Float64Array(start.length)
  let value = objective(point, gradient)
  const steps: { moved: Float64Array; turned: Float64Array; curvature: number }[] = []
  let iterations = 0
  while (iterations < options.maxIterations && largest(gradient) > options.tolerance) {
    const direction = quasiNewtonDirection(gradient, steps)
    const slope = dot(direction, gradient)
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    const next = new Float64Array(start.length)
    const nextGradient = new Float64Array(start.length)
    let nextValue = Infinity
    for (; length > 1e-20; length /= 2) {
      for (let i = 0; i < next.length; i++) next[i] = point[i]! + length * direction[i]!
      nextValue = objective(next, nextGradient)
      if (nextValue <= value + 1e-4 * length * slope) break
    }
    if (!(nextValue < value)) break // As low as double precision goes.
    const moved = next.map((v, i) => v - point[i]!)
    const turned = nextGradient.map((v, i) => v - gradient[i]!)
    const curvature = dot(moved, turned)
    if (curvature > 0) steps.push({ moved, turned, curvature })
    if (steps.length > memory) steps.shift()
    point = next
    gradient = nextGradient
    value = nextValue
    options.onIteration?.(++iterations, point)
  }
  return { point, value, iterations, isConverged: largest(gradient) <= options.tolerance }
}

/** −H·gradient by the two-loop recursion. */
function quasiNewtonDirection(
  gradient: Float64Array,
  steps: readonly { moved: Float64Array; turned: Float64Array; curvature: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value)
  const shares: number[] = []
  for (const { moved, turned, curvature } of steps.toReversed()) {
    const share = dot(moved, direction) / curvature
    shares.unshift(share)
    addScaled(direction, turned, -share)
  }
  const last = steps.at(-1)
  if (last) {
    const scale = last.curvature / dot(last.turned, last.turned)
    for (let i = 0; i < direction.length; i++) direction[i] = direction[i]! * scale
  }
  for (const [index, { moved, turned, curvature }] of steps.entries()) {
    addScaled(direction, moved, shares[index]! - dot(turned, direction) / curvature)
  }
  return direction
}

function addScaled(target: Float64Array, values: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + scale * values[i]!
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
  return total
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
