import type { RunSummary } from '../../shared/contract/runs'
import { AppError } from '../../shared/errors'
import type { Client } from '../../shared/contract/contract'

/**
 * The run that a person means: its id, a prefix of it that no other run shares, or `last` for the newest.
 * @throws AppError 'not-found' or, for a prefix of several runs, 'invalid-argument'.
 */
export function chooseRun(runs: RunSummary[], wanted: string): RunSummary {
  if (wanted === 'last') {
    const finished = runs.filter((run) => run.status === 'done')
    const newest = finished.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0))[0]
    if (newest) return newest
    throw new AppError('not-found', 'This catalog has no finished run yet.', {
      hint: 'Train one with "earmark train".',
    })
  }
  const exact = runs.find((run) => run.id === wanted)
  if (exact) return exact
  const matching = runs.filter((run) => run.id.startsWith(wanted))
  if (matching.length === 1) return matching[0]!
  if (matching.length > 1)
    throw new AppError(
      'invalid-argument',
      `${matching.length} runs begin with ${JSON.stringify(wanted)}; write more of the id.`,
    )
  throw new AppError('not-found', `This catalog has no run ${JSON.stringify(wanted)}.`, {
    hint: '"earmark runs CATALOG" lists them.',
  })
}

/** Asks the open catalog for a run. */
export async function findRun(client: Client, wanted: string): Promise<RunSummary> {
  return chooseRun(await client.runs.list(), wanted)
}
