/** What the arithmetic runs on, and how each was proved. */

export type BackendChoice = 'auto' | 'tensorflow' | 'webgpu' | 'wasm'
export type BackendName = 'tensorflow' | 'webgpu' | 'wasm'

/** How a backend did when it was proved on this machine, for `auto` to choose by. */
export interface BackendRank {
  name: BackendName
  /** Of the proof's training step; null when it did not pass. */
  stepMs: number | null
  /** Why it did not pass; an empty text when it did. */
  reason: string
}

/** What a backend computed from fixed inputs, and how long it took. */
export interface BackendProof {
  /** Medians of repetitions after the first, in milliseconds: one product of two 512 × 512 matrices, … */
  productMs: number
  /** … one 3 × 3 convolution (2 × 64 × 64 × 16 to 32 channels), … */
  convolutionMs: number
  /** … the same with its gradients by input and filter, … */
  gradientsMs: number
  /** … and one training step of a small network of two convolutions on 16 crops of 64 × 64: what `auto` goes by. */
  stepMs: number
  /** Whether that is one run of two crops, times eight, without a repetition: a backend too slow for more. */
  isEstimate: boolean
  /** The lengths (root of the sum of squares) of nine results, four digits each: the same on every right backend. */
  checksum: string
  /** The largest difference from the float64 reference, as a share of a result's own size. */
  deviation: number
}

/** Whether a backend passes its proof on this machine, and why not. */
export interface BackendStatus {
  name: BackendName
  available: boolean
  /** For people, never empty. */
  reason: string
  /** What it runs on; an empty text when it is not available. */
  device: string
  /** Null when it is not available. */
  proof: BackendProof | null
}
