/** What SpectrumKernel computes with: a module of WebAssembly for each length and precision. */
import { bandSumFunction } from './band-sum-code'
import { decibelFunction } from './decibel-code'
import { layOut, transformFunction } from './transform-code'
import type { VectorLanes } from './vector-lanes'
import { assembleModule, type FunctionBody } from './wasm-assembler'

/** Every argument is an address in bytes or a count; the transform's own tables lie where `layOut` says. */
export interface SpectrumCode {
  /** See transformFunction. */
  transform(samples: number, energy: number): void
  /**
   * See bandSumFunction.
   * @param table of each group of bands, how many vectors of weights its longest band has, and where each band's first bin
   *   lies among the powers, in bytes
   * @param weights vector by vector, band by band in each
   */
  sumBands(table: number, weights: number, rows: number, groups: number): void
  /** See decibelFunction; in single precision only. */
  takeDecibels(values: number, factors: number, vectors: number): void
}

const compiled = new Map<string, WebAssembly.Module>()

/**
 * The functions for transforms of 2 · `half` samples over a memory; each kind is compiled once.
 * @throws where the engine has no vectors, or a content security policy forbids WebAssembly
 */
export function instantiateSpectrumCode(memory: WebAssembly.Memory, half: number, lanes: VectorLanes): SpectrumCode {
  const key = `${lanes.precision} ${half}`
  let module = compiled.get(key)
  if (!module) {
    const functions: [string, FunctionBody][] = [
      ['transform', transformFunction(half, lanes)],
      ['sumBands', bandSumFunction(lanes, layOut(half, lanes).power)],
    ]
    if (lanes.precision === 'single') functions.push(['takeDecibels', decibelFunction()])
    module = new WebAssembly.Module(assembleModule(functions, false))
    compiled.set(key, module)
  }
  return new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as SpectrumCode
}
