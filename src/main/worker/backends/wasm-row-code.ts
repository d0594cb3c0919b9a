/**
 * Loops over the rows of a matrix [rows, columns] as WebAssembly, for normalisation over channels: some vectors of
 * columns at a time, whose constants and sums stay in registers while the rows pass.
 */
import { FunctionBody } from '../../../dsp/wasm-assembler'

/**
 * Every argument is an address in bytes or a count: `rowBytes` from one row to the next, `groups` of four columns.
 * `constants` and sums are rows of the same length.
 */
export interface RowCode {
  /** out = Σ x */
  sumColumns(x: number, constants: number, out: number, rowBytes: number, rows: number, groups: number): void
  /** out = Σ (x − constants[0])² */
  sumSquares(x: number, constants: number, out: number, rowBytes: number, rows: number, groups: number): void
  /** out = Σ dy · x */
  sumProducts(
    dy: number,
    x: number,
    constants: number,
    out: number,
    rowBytes: number,
    rows: number,
    groups: number,
  ): void
  /** out[0] = Σ dy and out[1] = Σ dy · (x − constants[0]) */
  sumGradients(
    dy: number,
    x: number,
    constants: number,
    out: number,
    rowBytes: number,
    rows: number,
    groups: number,
  ): void
  /** out = (x − constants[0]) · constants[1] + constants[2] */
  scaleRows(x: number, constants: number, out: number, rowBytes: number, rows: number, groups: number): void
  /** out = dy · constants[1] − (x − constants[0]) · constants[2] − constants[3] */
  scaleGradients(
    dy: number,
    x: number,
    constants: number,
    out: number,
    rowBytes: number,
    rows: number,
    groups: number,
  ): void
  /** out = dy where y ≥ 0, else dy · (y + 1); over `groups` of four values of one row. */
  eluGradient(
    dy: number,
    y: number,
    constants: number,
    out: number,
    rowBytes: number,
    rows: number,
    groups: number,
  ): void
}

interface Loop {
  inputs: number
  constants: number
  sums: number
  /** Vectors of columns at a time. */
  width: number
  /** Leaves the output on the stack, or adds to the sums. */
  body: (
    f: FunctionBody,
    at: { load: (input: number) => void; constant: (index: number) => number; sum: (index: number) => number },
  ) => void
}

function rowLoop({ inputs, constants, sums, width, body }: Loop): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(inputs + 5).fill('i32'))
  const [constantsAt, out, rowBytes, rows, groups] = [inputs, inputs + 1, inputs + 2, inputs + 3, inputs + 4]
  const pointers = Array.from({ length: inputs }, () => f.local('i32'))
  const [target, left] = [f.local('i32'), f.local('i32')]
  const held = Array.from({ length: constants * width }, () => f.local('v128'))
  const totals = Array.from({ length: sums * width }, () => f.local('v128'))
  for (const size of width === 1 ? [1] : [width, 1]) {
    f.while(
      () => f.get(groups).constant(size).isAtLeast(),
      () => {
        for (let index = 0; index < constants; index++) {
          f.get(constantsAt).get(rowBytes).constant(index).multiply().add().set(target)
          for (let k = 0; k < size; k++)
            f.get(target)
              .loadVector(16 * k)
              .set(held[index * width + k]!)
        }
        for (const total of totals) f.zeroVector().set(total)
        for (const [input, pointer] of pointers.entries()) f.get(input).set(pointer)
        f.get(out).set(target).get(rows).set(left)
        f.while(
          () => f.get(left).constant(0).isAbove(),
          () => {
            for (let k = 0; k < size; k++) {
              if (sums === 0) f.get(target)
              body(f, {
                load: (input) => f.get(pointers[input]!).loadVector(16 * k),
                constant: (index) => held[index * width + k]!,
                sum: (index) => totals[index * width + k]!,
              })
              if (sums === 0) f.storeVector(16 * k)
            }
            for (const pointer of pointers) f.get(pointer).get(rowBytes).add().set(pointer)
            if (sums === 0) f.get(target).get(rowBytes).add().set(target)
            f.advance(left, -1)
          },
        )
        for (let index = 0; index < sums; index++) {
          f.get(out).get(rowBytes).constant(index).multiply().add().set(target)
          for (let k = 0; k < size; k++)
            f.get(target)
              .get(totals[index * width + k]!)
              .storeVector(16 * k)
        }
        for (let input = 0; input < inputs; input++) f.advance(input, 16 * size)
        f.advance(constantsAt, 16 * size)
          .advance(out, 16 * size)
          .advance(groups, -size)
      },
    )
  }
  return f
}

/** The functions of RowCode by their names. */
export function rowFunctions(): [name: keyof RowCode, body: FunctionBody][] {
  const sumSquares = rowLoop({
    inputs: 1,
    constants: 1,
    sums: 1,
    width: 4,
    body: (f, { load, constant, sum }) => {
      load(0)
      f.get(constant(0)).subtractVectors()
      load(0)
      f.get(constant(0)).subtractVectors().multiplyVectors().get(sum(0)).addVectors().set(sum(0))
    },
  })
  const sumGradients = rowLoop({
    inputs: 2,
    constants: 1,
    sums: 2,
    width: 4,
    body: (f, { load, constant, sum }) => {
      load(0)
      f.get(sum(0)).addVectors().set(sum(0))
      load(0)
      load(1)
      f.get(constant(0)).subtractVectors().multiplyVectors().get(sum(1)).addVectors().set(sum(1))
    },
  })
  return [
    [
      'sumColumns',
      rowLoop({
        inputs: 1,
        constants: 0,
        sums: 1,
        width: 4,
        body: (f, { load, sum }) => {
          load(0)
          f.get(sum(0)).addVectors().set(sum(0))
        },
      }),
    ],
    ['sumSquares', sumSquares],
    [
      'sumProducts',
      rowLoop({
        inputs: 2,
        constants: 0,
        sums: 1,
        width: 4,
        body: (f, { load, sum }) => {
          load(0)
          load(1)
          f.multiplyVectors().get(sum(0)).addVectors().set(sum(0))
        },
      }),
    ],
    ['sumGradients', sumGradients],
    [
      'scaleRows',
      rowLoop({
        inputs: 1,
        constants: 3,
        sums: 0,
        width: 4,
        body: (f, { load, constant }) => {
          load(0)
          f.get(constant(0)).subtractVectors().get(constant(1)).multiplyVectors().get(constant(2)).addVectors()
        },
      }),
    ],
    [
      'scaleGradients',
      rowLoop({
        inputs: 2,
        constants: 4,
        sums: 0,
        width: 2,
        body: (f, { load, constant }) => {
          load(0)
          f.get(constant(1)).multiplyVectors()
          load(1)
          f.get(constant(0)).subtractVectors().get(constant(2)).multiplyVectors()
          f.subtractVectors().get(constant(3)).subtractVectors()
        },
      }),
    ],
    [
      'eluGradient',
      rowLoop({
        inputs: 2,
        constants: 0,
        sums: 0,
        width: 4,
        body: (f, { load }) => {
          load(0)
          load(0)
          load(1)
          f.splatConstant(1).addVectors().multiplyVectors()
          load(1)
          f.zeroVector().isVectorAtLeast().select()
        },
      }),
    ],
  ]
}
