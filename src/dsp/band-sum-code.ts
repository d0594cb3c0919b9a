/** The sums of a frame's bands, as a function of WebAssembly. */
import type { VectorLanes } from './vector-lanes'
import { FunctionBody } from './wasm-assembler'

/**
 * Sums the bins of each band times their weights, for as many bands at a time as a vector has lanes: (table, weights, rows,
 * groups). The order of a band's sum is applyFilterBank's, on doubles.
 *
 * @param power where the powers lie, in bytes
 */
export function bandSumFunction(lanes: VectorLanes, power: number): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(4).fill('i32'))
  const [table, weights, rows, groups] = [0, 1, 2, 3]
  const left = f.local('i32')
  const bands = Array.from({ length: lanes.count }, () => ({ place: f.local('i32'), total: f.local('v128') }))
  f.repeat(() => {
    f.get(table).loadInteger().set(left)
    for (const [index, { place, total }] of bands.entries()) {
      f.get(table)
        .loadInteger(4 + 4 * index)
        .set(place)
      f.zeroVector().set(total)
    }
    f.while(
      () => f.get(left).constant(0).isAbove(),
      () => {
        for (const [index, { place, total }] of bands.entries()) {
          f.get(weights)
            .loadVector(16 * index)
            .get(place)
            .loadVector(power)
          lanes.multiply(f).get(total)
          lanes.add(f).set(total)
          f.advance(place, 16)
        }
        f.advance(weights, 16 * lanes.count).advance(left, -1)
      },
    )
    f.get(rows)
    lanes.sumAcross(
      f,
      bands.map(({ total }) => total),
    )
    f.storeVector()
    f.advance(rows, 16)
      .advance(table, 4 + 4 * lanes.count)
      .advance(groups, -1)
    f.get(groups).constant(0).isAbove()
  })
  return f
}
