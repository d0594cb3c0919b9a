/** What a decibel is in a standardised picture. */
import { gainResponse } from '../../../dsp/gain-response'
import type { FrontEnd } from '../../../dsp/recipe'

/** What one decibel more adds to each value of a standardised frame; 0 where that depends on the sound. */
export function decibelColumns(frontEnd: FrontEnd, deviations: readonly number[]): Float32Array {
  const response = gainResponse(frontEnd)
  return Float32Array.from(deviations, (deviation, column) => (response?.[column] ?? 0) / deviation)
}
