/**
 * A very small assembler for WebAssembly: enough to write vector loops over another module's memory, without a
 * compiler at build time. Instructions by their numbers in the WebAssembly specification, 2.0 with SIMD, and
 * relaxed SIMD.
 */

export type ValueType = 'i32' | 'v128'

const typeBytes: Record<ValueType, number> = { i32: 0x7f, v128: 0x7b }

/** Unsigned LEB128, for counts, indices and SIMD instructions. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  do {
    const low = value & 0x7f
    value >>>= 7
    bytes.push(value === 0 ? low : low | 0x80)
  } while (value !== 0)
  return bytes
}

/** Signed LEB128, for constants. */
function signed(value: number): number[] {
  const bytes: number[] = []
  for (;;) {
    const low = value & 0x7f
    value >>= 7
    const isLast = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0)
    bytes.push(isLast ? low : low | 0x80)
    if (isLast) return bytes
  }
}

/** The body of one function; a stack machine, so that operands come before their operation. */
export class FunctionBody {
  readonly bytes: number[] = []
  readonly locals: ValueType[] = []

  constructor(readonly parameters: ValueType[]) {}

  /** A new local variable, zero at first. */
  local(type: ValueType): number {
    this.locals.push(type)
    return this.parameters.length + this.locals.length - 1
  }

  get(local: number): this {
    return this.#emit(0x20, ...unsigned(local))
  }
  set(local: number): this {
    return this.#emit(0x21, ...unsigned(local))
  }
  constant(value: number): this {
    return this.#emit(0x41, ...signed(value))
  }
  add(): this {
    return this.#emit(0x6a)
  }
  subtract(): this {
    return this.#emit(0x6b)
  }
  multiply(): this {
    return this.#emit(0x6c)
  }
  shiftLeft(): this {
    return this.#emit(0x74)
  }
  /** Of a number that is no less than 0. */
  shiftRight(): this {
    return this.#emit(0x76)
  }
  isAtLeast(): this {
    return this.#emit(0x4e)
  }
  isAbove(): this {
    return this.#emit(0x4a)
  }
  isBelow(): this {
    return this.#emit(0x48)
  }
  isZero(): this {
    return this.#emit(0x45)
  }
  call(index: number): this {
    return this.#emit(0x10, ...unsigned(index))
  }
  loadInteger(offset = 0): this {
    return this.#emit(0x28, 2, ...unsigned(offset))
  }
  setAndKeep(local: number): this {
    return this.#emit(0x22, ...unsigned(local))
  }
  /** local += step */
  advance(local: number, step: number): this {
    return this.get(local).constant(step).add().set(local)
  }

  zeroVector(): this {
    return this.#simd(12, ...Array<number>(16).fill(0))
  }
  loadVector(offset = 0): this {
    return this.#simd(0, 2, ...unsigned(offset))
  }
  /** The two low floats, or the low double; the rest is 0. */
  loadHalf(offset = 0): this {
    return this.#simd(93, 2, ...unsigned(offset))
  }
  loadSplat(offset = 0): this {
    return this.#simd(9, 2, ...unsigned(offset))
  }
  storeVector(offset = 0): this {
    return this.#simd(11, 2, ...unsigned(offset))
  }
  addVectors(): this {
    return this.#simd(228)
  }
  subtractVectors(): this {
    return this.#simd(229)
  }
  multiplyVectors(): this {
    return this.#simd(230)
  }
  /** The larger of two lanes; numbers only. */
  maximum(): this {
    return this.#simd(233)
  }
  absolute(): this {
    return this.#simd(224)
  }
  /** Lanes as 32-bit integers. */
  addIntegers(): this {
    return this.#simd(174)
  }
  subtractIntegers(): this {
    return this.#simd(177)
  }
  /** By the count above the vector; so are lanes shifted to the right. */
  shiftLeftIntegers(): this {
    return this.#simd(171)
  }
  shiftRightSigned(): this {
    return this.#simd(172)
  }
  /** Lanes of integers as floats. */
  toFloats(): this {
    return this.#simd(250)
  }
  /** All bits of a lane where the one below the top is at least the top. */
  isVectorAtLeast(): this {
    return this.#simd(70)
  }
  isVectorAbove(): this {
    return this.#simd(68)
  }
  isVectorEqual(): this {
    return this.#simd(65)
  }
  /** Bit by bit. */
  and(): this {
    return this.#simd(78)
  }
  or(): this {
    return this.#simd(80)
  }
  exclusiveOr(): this {
    return this.#simd(81)
  }
  /** From below: where the mask is set, where it is not, the mask. */
  select(): this {
    return this.#simd(82)
  }
  splatInteger(value: number): this {
    return this.#simd(12, ...new Uint8Array(Int32Array.of(value, value, value, value).buffer))
  }
  splatConstant(value: number): this {
    const bytes = new Uint8Array(new Float32Array([value, value, value, value]).buffer)
    return this.#simd(12, ...bytes)
  }
  /** accumulator += x · y, fused where the engine has it. */
  accumulate(accumulator: number, x: number, y: number, isFused: boolean): this {
    if (isFused) return this.get(x).get(y).get(accumulator).#simd(261).set(accumulator)
    return this.get(x).get(y).multiplyVectors().get(accumulator).addVectors().set(accumulator)
  }

  /** The place lies below the vector, of which the high double is replaced. */
  loadHighDouble(offset = 0): this {
    return this.#simd(87, 3, ...unsigned(offset), 1)
  }
  storeDouble(lane: 0 | 1, offset = 0): this {
    return this.#simd(91, 3, ...unsigned(offset), lane)
  }
  constantDoubles(low: number, high: number): this {
    return this.#simd(12, ...new Uint8Array(Float64Array.of(low, high).buffer))
  }
  /** The first lane of four bytes. */
  storeLane(offset = 0): this {
    return this.#simd(90, 0, ...unsigned(offset), 0)
  }
  /** Lanes of four bytes out of two vectors (0 to 3 of the lower operand, 4 to 7 of the upper one). */
  shuffle(...lanes: [number, number, number, number]): this {
    return this.#simd(13, ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]))
  }
  /** The two low floats as doubles. */
  promoteLow(): this {
    return this.#simd(95)
  }
  loadDoubleSplat(offset = 0): this {
    return this.#simd(10, 3, ...unsigned(offset))
  }
  addDoubles(): this {
    return this.#simd(240)
  }
  subtractDoubles(): this {
    return this.#simd(241)
  }
  multiplyDoubles(): this {
    return this.#simd(242)
  }
  divideDoubles(): this {
    return this.#simd(243)
  }
  /** Of two lanes the upper operand's where it is smaller, or larger, else the lower one's: one instruction, unlike `maximum`. */
  lesserDoubles(): this {
    return this.#simd(246)
  }
  greaterDoubles(): this {
    return this.#simd(247)
  }
  greater(): this {
    return this.#simd(235)
  }
  absoluteDoubles(): this {
    return this.#simd(236)
  }
  /** Down to whole numbers. */
  floorDoubles(): this {
    return this.#simd(117)
  }
  /** Two doubles as the two low floats, to the nearest; the others are 0. */
  demote(): this {
    return this.#simd(94)
  }

  /** Repeats the body while `condition` leaves a true value; the condition is checked first. */
  while(condition: () => void, body: () => void): this {
    this.#emit(0x02, 0x40, 0x03, 0x40)
    condition()
    this.#emit(0x45, 0x0d, 1)
    body()
    return this.#emit(0x0c, 0, 0x0b, 0x0b)
  }

  /** Repeats the body, which leaves whether to go on. */
  repeat(body: () => void): this {
    this.#emit(0x03, 0x40)
    body()
    return this.#emit(0x0d, 0, 0x0b)
  }

  encode(): number[] {
    const locals = this.locals.flatMap((type) => [1, typeBytes[type]])
    const code = [...unsigned(this.locals.length), ...locals, ...this.bytes, 0x0b]
    return [...unsigned(code.length), ...code]
  }

  #emit(...bytes: number[]): this {
    this.bytes.push(...bytes)
    return this
  }
  #simd(operation: number, ...rest: number[]): this {
    return this.#emit(0xfd, ...unsigned(operation), ...rest)
  }
}

function section(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length), ...content]
}

function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)]
  return [...unsigned(bytes.length), ...bytes]
}

/**
 * A module of functions without results, exported by their names, on a memory imported as `host.memory`.
 *
 * @param isShared whether that memory is shared between threads
 */
export function assembleModule(
  functions: [name: string, body: FunctionBody][],
  isShared: boolean,
): Uint8Array<ArrayBuffer> {
  const types = functions.flatMap(([, { parameters }]) => [
    0x60,
    ...unsigned(parameters.length),
    ...parameters.map((type) => typeBytes[type]),
    0,
  ])
  const count = unsigned(functions.length)
  // A shared memory has to name its largest size: 4 GiB in pages of 64 KiB.
  const limits = isShared ? [3, 0, ...unsigned(65536)] : [0, 0]
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [...count, ...types]),
    ...section(2, [1, ...text('host'), ...text('memory'), 2, ...limits]),
    ...section(3, [...count, ...functions.flatMap((_, index) => unsigned(index))]),
    ...section(7, [...count, ...functions.flatMap(([name], index) => [...text(name), 0, ...unsigned(index)])]),
    ...section(10, [...count, ...functions.flatMap(([, body]) => body.encode())]),
  ])
}
