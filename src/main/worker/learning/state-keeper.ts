/** Saves the state of a training after its epochs, as often as costs next to nothing. */
import type { Random } from '../../../dsp/random'
import type { FitState, StateKeeper } from './fit'
import { loadTrainingState, saveTrainingState } from './training-state'

/** Largest share of the training's time that saving may take. */
const largestShare = 0.01

export interface FoldStateOptions {
  file: string
  identity: string
  /** The recorded stream above all that the fold draws from; all of them must have been made. */
  random: Random
  /** Largest share of the time that saving may take; 1 saves after every epoch. */
  share?: number
}

/** The states of one fold. */
export class FoldState implements StateKeeper {
  resumed: FitState | null = null
  /** Seconds that were spent on the fold before this process. */
  earlierSeconds = 0
  /** Why a state that is there was not used; null where none is, or where it was. */
  refusal: string | null = null
  readonly #options: FoldStateOptions
  readonly #started = performance.now()
  #nextSaveMs = 0

  private constructor(options: FoldStateOptions) {
    this.#options = options
  }

  /**
   * Looks for a state of this very training and puts the random streams where they stood.
   *
   * @throws RangeError where the streams are others than when it was saved
   */
  static async open(options: FoldStateOptions): Promise<FoldState> {
    const keeper = new FoldState(options)
    const { state, reason } = await loadTrainingState(options.file, options.identity)
    keeper.refusal = reason
    if (state !== null) {
      const { streams, seconds, ...rest } = state
      options.random.restorePositions(streams)
      keeper.resumed = rest
      keeper.earlierSeconds = seconds
    }
    return keeper
  }

  /** The first epoch is saved; then each whose predecessors took long enough for what the last saving cost. */
  async afterEpoch(capture: () => Promise<FitState>): Promise<void> {
    const { file, identity, random, share = largestShare } = this.#options
    const begun = performance.now()
    if (begun < this.#nextSaveMs) return
    const state = await capture()
    const seconds = this.earlierSeconds + (begun - this.#started) / 1000
    await saveTrainingState(file, identity, { ...state, streams: random.savePositions(), seconds })
    const ended = performance.now()
    this.#nextSaveMs = ended + (ended - begun) * (1 / share - 1)
  }
}
