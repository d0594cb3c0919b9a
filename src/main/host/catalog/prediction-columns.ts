/** What runs said of clips, by position: read once a run, because lists ask it again and again. */
import type { ClipColumns } from './clip-columns'
import { newestRuns } from './clip-facets'
import { namedRun } from './clip-query'
import { ClipSet } from './clip-set'
import type { Database } from './database'

/** Runs whose predictions are kept: 20 bytes a clip. */
const mostRuns = 3

export interface RunPredictions {
  key: number
  /** Keys of the classes that were predicted; −1: the run did not predict the clip. */
  predicted: Int32Array
  scores: Float64Array
  /** 1: the model has seen the clip. */
  isTrained: Uint8Array
  /** Keys of the classes that the clips had when they were predicted, −1: none or several; null: not read yet. */
  truths: Int32Array | null
  /** While this is so, the predictions are what was read. */
  stamp: string
}

export class PredictionColumns {
  private readonly runs = new Map<number, RunPredictions>()
  private readonly sets = new Map<number, { clips: ClipSet; stamp: string }>()

  constructor(
    private readonly database: Database,
    private readonly columns: ClipColumns,
  ) {}

  /** The predictions of a run by its id, its number, or 'last'; null where there is no such run. */
  find(name: string): RunPredictions | null {
    const key = this.database.get<{ key: number | null }>(`SELECT ${namedRun} AS key`, name)!.key
    if (key === null) return null
    const stamp = this.readStamp(key)
    const own = this.runs.get(key)
    const run = own?.stamp === stamp ? own : this.read(key, stamp)
    this.runs.delete(key)
    this.runs.set(key, run)
    if (this.runs.size > mostRuns) this.runs.delete(this.runs.keys().next().value!)
    return run
  }

  /** The same with the classes that the clips had: they lie beside the scores of all classes, and are read when asked for. */
  findWithTruths(name: string): (RunPredictions & { truths: Int32Array }) | null {
    const run = this.find(name)
    if (run === null) return null
    const truths = (run.truths ??= this.readTruths(run.key))
    return { ...run, truths }
  }

  /** The newest runs with the clips that they predicted. */
  listRuns(): { name: string; clips: ClipSet }[] {
    const runs = this.database.all<{ key: number; name: string }>(newestRuns)
    return runs.map(({ key, name }) => {
      const stamp = this.readStamp(key)
      const own = this.sets.get(key)
      if (own?.stamp === stamp) return { name, clips: own.clips }
      const clips = new ClipSet(this.columns.keys.length)
      const keys = this.database.pluck<number>(
        'SELECT clip_key FROM predictions INDEXED BY predictions_by_class WHERE run_key = ?',
        key,
      )
      for (const clip of keys) {
        const position = this.columns.positions[clip] ?? -1
        if (position >= 0) clips.add(position)
      }
      this.sets.set(key, { clips, stamp })
      return { name, clips }
    })
  }

  /** Predictions are written by jobs: those that the run has had, and how they stand. While one is at work, by any write. */
  private readStamp(key: number): string {
    const { jobs, isAtWork } = this.database.get<{ jobs: string; isAtWork: number }>(
      `SELECT coalesce(group_concat(id || status), '') AS jobs,
         coalesce(max(status IN ('queued', 'running')), 0) AS isAtWork
       FROM jobs WHERE run_id = (SELECT id FROM runs WHERE key = ?)`,
      key,
    )!
    const version = isAtWork ? String(this.database.sqlite.pragma('data_version', { simple: true })) : ''
    return `${jobs} ${version}`
  }

  private read(key: number, stamp: string): RunPredictions {
    const { positions, keys } = this.columns
    const predicted = new Int32Array(keys.length).fill(-1)
    const scores = new Float64Array(keys.length)
    const isTrained = new Uint8Array(keys.length)
    // Two columns of numbers in the order of one index take a third of the time of as many rows.
    const order =
      'FROM predictions INDEXED BY predictions_by_class WHERE run_key = ? ORDER BY predicted_class_key, clip_key'
    const facts = this.database.pluck<number>(
      `SELECT (clip_key * 2 + (origin = 'trained')) * 1048576 + predicted_class_key ${order}`,
      key,
    )
    const own = this.database.pluck<number>(`SELECT score ${order}`, key)
    facts.forEach((packed, index) => {
      const clip = Math.floor(packed / 2_097_152)
      const position = positions[clip] ?? -1
      if (position < 0) return
      predicted[position] = packed % 1_048_576
      isTrained[position] = Math.floor(packed / 1_048_576) & 1
      scores[position] = own[index]!
    })
    return { key, predicted, scores, isTrained, truths: null, stamp }
  }

  private readTruths(key: number): Int32Array {
    const { positions, keys } = this.columns
    const truths = new Int32Array(keys.length).fill(-1)
    const rows = this.database.pluck<number>(
      `SELECT clip_key * 1048576 + truth_class_key FROM predictions
         WHERE run_key = ? AND truth_class_key IS NOT NULL`,
      key,
    )
    for (const packed of rows) {
      const position = positions[Math.floor(packed / 1_048_576)] ?? -1
      if (position >= 0) truths[position] = packed % 1_048_576
    }
    return truths
  }
}
