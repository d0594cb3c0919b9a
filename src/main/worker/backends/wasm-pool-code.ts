/** The gradient of max pooling over windows side by side, as WebAssembly: four channels at a time. */
import { FunctionBody } from '../../../dsp/wasm-assembler'

export interface PoolCode {
  /**
   * For one row of `columns` windows of `tapRows` × `tapColumns` inputs: dy at the first largest input, else zero.
   *
   * @param groups of four channels
   * @param rowBytes from one row of inputs to the next
   */
  spreadToLargest(
    dy: number,
    x: number,
    out: number,
    columns: number,
    groups: number,
    tapRows: number,
    tapColumns: number,
    rowBytes: number,
  ): void
}

/** The functions of PoolCode by their names. */
export function poolFunctions(): [name: keyof PoolCode, body: FunctionBody][] {
  const f = new FunctionBody(Array<'i32'>(8).fill('i32'))
  const [dy, x, out, columns, groups, tapRows, tapColumns, rowBytes] = [0, 1, 2, 3, 4, 5, 6, 7] as const
  const [channelBytes, left, rowsLeft, tapsLeft, row, tap] = Array.from({ length: 6 }, () => f.local('i32')) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const [input, target] = [f.local('i32'), f.local('i32')]
  const [best, chosen, number, value, mask] = Array.from({ length: 5 }, () => f.local('v128')) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const isPositive = (local: number) => () => f.get(local).constant(0).isAbove()
  /** Visits the window's values in order; `number` counts them. */
  const eachTap = (start: number, visit: () => void): void => {
    f.zeroVector().set(number).get(start).set(row).get(tapRows).set(rowsLeft)
    f.while(isPositive(rowsLeft), () => {
      f.get(row).set(tap).get(tapColumns).set(tapsLeft)
      f.while(isPositive(tapsLeft), () => {
        visit()
        f.get(number).splatConstant(1).addVectors().set(number)
        f.get(tap).get(channelBytes).add().set(tap).advance(tapsLeft, -1)
      })
      f.get(row).get(rowBytes).add().set(row).advance(rowsLeft, -1)
    })
  }
  f.get(groups).constant(16).multiply().set(channelBytes)
  f.while(isPositive(columns), () => {
    f.get(groups).set(left).get(x).set(input).get(out).set(target)
    f.while(isPositive(left), () => {
      f.get(input).loadVector().set(best).zeroVector().set(chosen)
      eachTap(input, () => {
        f.get(tap).loadVector().set(value).get(value).get(best).isVectorAbove().set(mask)
        f.get(value).get(best).get(mask).select().set(best)
        f.get(number).get(chosen).get(mask).select().set(chosen)
      })
      f.get(dy).loadVector().set(value)
      eachTap(target, () => f.get(tap).get(value).get(chosen).get(number).isVectorEqual().and().storeVector())
      f.advance(dy, 16).advance(input, 16).advance(target, 16).advance(left, -1)
    })
    for (const local of [x, out]) f.get(local).get(channelBytes).get(tapColumns).multiply().add().set(local)
    f.advance(columns, -1)
  })
  return [['spreadToLargest', f]]
}
