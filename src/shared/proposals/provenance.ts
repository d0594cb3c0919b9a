/** Where segments come from that a model proposed: as a catalog keeps it, and as it travels with exports. */

/** How a run came to propose a segment, whose score is the highest of its windows. */
export interface ProposalFacts {
  runId: string
  runName: string
  /** Of whose model; 'all' is the mean of all models of the run. */
  fold: string
  /** What the clip was to the model: held out from it, not of the run, or among what it learned from. */
  basis: 'test' | 'new' | 'trained'
  /** SHA-256 of the weights. */
  modelHash: string
  windowSeconds: number
  hopSeconds: number
  floor: number
  /** Over its windows. */
  meanScore: number
  windows: number
  /** Milliseconds since 1970. */
  at: number
}

/** Which proposal a person took a segment from: what is known of it where the proposal itself is not. */
export interface TakenFrom {
  act: 'accepted' | 'edited'
  runId: string | null
  /** The run's name, or who made the proposal where it was imported. */
  run: string | null
  fold: string | null
  score: number | null
  /** Who took it. */
  by: string
  /** Milliseconds since 1970; null where it was not told. */
  at: number | null
}
