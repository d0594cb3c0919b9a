/** What an activity that is killed is given, and what it says of itself. */
import type { Random } from '../../src/dsp/random'
import type { Connection } from '../../src/shared/rpc/client'
import type { CommandOutcome } from './earmark'
import type { Ledger } from './kill-ledger'
import type { Stage, StageSize } from './kill-stage'

export interface Run {
  stage: Stage
  ledger: Ledger
  random: Random
  /** Counts up over all runs: for names that nothing has yet. */
  number: number
  /** The open host. @throws Error where the activity is a command's and no host is open */
  host(): Connection
  /** Runs `earmark …`, which is what will be killed. */
  command(args: string[]): Promise<CommandOutcome>
  isOver(): boolean
  /** Says that what may be lost begins now; where nobody says so, it began at once. */
  begin(): void
}

export interface Activity {
  name: string
  size: StageSize
  victim: 'host' | 'command'
  /** It says itself when it begins: a worker has to start first. */
  hasBeginning?: boolean
  /** How long it takes from its beginning, as far as is known beforehand. */
  typicalMs: number
  work(run: Run): Promise<void>
  /** Brings the open catalog back to where it can be compared. */
  settle?(run: Run): Promise<void>
  /** What must be true besides, when the catalog is open again; sentences of what is not. */
  after?(run: Run): Promise<string[]>
  /** What it did is to be undone afterwards, because a second time it would do nothing. */
  isUndone?: boolean
}

export async function waitForJob(run: Run, id: string): Promise<void> {
  for (;;) {
    const job = await run.host().client.jobs.get({ id })
    if (job.done > 0) run.begin()
    if (job.status === 'done') return
    if (job.finishedAt !== null) throw new Error(`${job.title}: ${job.error?.message ?? job.status}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)]!

/** Every copy can be read. */
export async function checkBackups(run: Run): Promise<string[]> {
  const list = await run.host().client.backups.list({})
  return list.flatMap(({ name, problem }) => (problem === null ? [] : [`copy ${name}: ${problem}`]))
}
