/** What a model is given of a clip, and where in it each class was found: what a person looks at. */

/** The very array that training and prediction compute of one clip. */
export interface ModelInput {
  frames: number
  bands: number
  channels: number
  /** Band b and channel c of frame t is `values[(t · bands + b) · channels + c]`. */
  values: Float32Array
  /** Centre of each band in Hz; empty where the rows are no bands (cepstra, samples, summaries). */
  bandHz: Float32Array
  /** What each row is, where it is no band; null: its number says it. */
  rowNames: string[] | null
  /** From one frame to the next. */
  frameSeconds: number
  /** Middle of frame 0, in seconds of the clip. */
  firstFrameSeconds: number
  /** Frames before the clip is repeated to fill a crop. */
  soundFrames: number
  /** What is scored: crops of so many frames, from these frames on. Null where the clip is one row of values. */
  crops: { frames: number; starts: number[] } | null
  /** By the statistics of a fold's training clips; else the levels are as the front end gives them. */
  isStandardised: boolean
  /** What else there is to know, in sentences. */
  notes: string[]
}

/** Where in a clip each class was found. */
export interface ClassMaps {
  /** Zhou et al. 2016 or Selvaraju et al. 2017; null where the model has no such map, and `about` says why. */
  method: 'cam' | 'grad-cam' | null
  about: string
  /** Softmax scores over the clip, in the order of the model's classes. */
  scores: Float32Array
  /** The same of each crop, crop by crop; `scores` is their mean. */
  cropScores: Float32Array
  /** Of the input that the maps lie over. */
  frames: number
  bands: number
  crops: { frames: number; starts: number[] }
  /** Of the map of one crop. */
  mapFrames: number
  mapBands: number
  /** Class by class, crop by crop, frame by frame; higher speaks more for the class. Grad-CAM is never below 0. */
  values: Float32Array
}
