/**
 * Ends Earmark with `kill -9` at random moments of labeling, imports, merges, snapshots, exports, undoing, backups and
 * restoring, in the host and in commands, and looks what is left: every acknowledged edit, a sound database, no orphan
 * file, and an undo that brings back what there was (e2e/support/kill-rounds.ts). Needs a build.
 *
 *     npm run kill-test -- [--repeats 200] [--seed 1] [--from 0] [--only TEXT]
 *
 * `--from` goes on with the same series at a later repeat; `--only` keeps the activities with TEXT in their name.
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { runKills } from '../e2e/support/kill-rounds'

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      repeats: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      only: { type: 'string' },
    },
  })
  const begun = performance.now()
  const outcomes = await runKills({
    repeats: Number(values.repeats),
    seed: Number(values.seed),
    from: Number(values.from),
    ...(values.only === undefined ? {} : { only: values.only }),
    log: (line) => console.log(line),
  })
  const seconds = (performance.now() - begun) / 1000
  const met = outcomes.filter(({ tookMs }) => tookMs === null).length
  const acknowledged = outcomes.reduce((sum, outcome) => sum + outcome.acknowledged, 0)
  const faults = outcomes.flatMap((outcome) => outcome.faults)
  console.log(
    `\n${outcomes.length} kills (seed ${values.seed}, from ${values.from}), ${met} in the middle of something; ` +
      `${acknowledged} acknowledged edits looked for; ${faults.length} faults; ${seconds.toFixed(0)} s\n` +
      `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? '?'}, ${availableParallelism()} cores, ` +
      `${process.platform} ${process.arch}, Node ${process.version}`,
  )
  if (faults.length > 0) process.exitCode = 1
}
