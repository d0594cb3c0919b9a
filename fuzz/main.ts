/** Feeds every reader with damaged inputs and prints what came of it: what runs by night. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { allTargets, findTarget } from './find-target'
import { superviseFuzz, type FuzzReport } from './supervise'

const usage = `npm run fuzz -- [--inputs 20000] [--format ID]... [--seed N] [--from N] [--import-every 20] [--at-once 2] [--json]

Feeds readers with damaged datasets: --inputs of them each (20,000), of the readers named by --format or of all.
The same --seed makes the same inputs; --from N --inputs 1 makes one again. Every 20th is imported into a catalog too.
Inputs at fault are kept in out/fuzz/faults. Exit code 1 where there is any.`

/** @param child the bundled child.ts @returns the exit code */
export async function runFuzz(args: readonly string[], child: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      inputs: { type: 'string', default: '20000' },
      format: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      'import-every': { type: 'string', default: '20' },
      'at-once': { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const numberOf = (name: 'inputs' | 'seed' | 'from' | 'import-every' | 'at-once'): number => {
    const value = Number(values[name])
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} ${values[name]} is no whole number`)
    return value
  }
  const waiting = values.format.length > 0 ? values.format.map(findTarget) : [...allTargets]
  const reports: FuzzReport[] = []
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      const report = await superviseFuzz({
        child,
        target: target.id,
        seed: numberOf('seed'),
        from: numberOf('from'),
        inputs: numberOf('inputs'),
        importEvery: numberOf('import-every'),
        saveTo: join(import.meta.dirname, 'faults', target.id),
      })
      reports.push(report)
      if (!values.json) print(report)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, numberOf('at-once')) }, work))
  if (values.json) console.log(JSON.stringify(reports, null, 1))
  return reports.some(({ faults }) => faults.length > 0) ? 1 : 0
}

function print(report: FuzzReport): void {
  const { target, inputs, taken, refused, imported, importsRefused, slowestMs, mostResidentBytes, seconds } = report
  console.log(
    `${target.padEnd(20)} ${inputs} inputs in ${seconds.toFixed(0)} s: ${taken} taken, ${refused} refused; ` +
      `${imported} imported (${importsRefused} refused); slowest ${slowestMs.toFixed(0)} ms, ` +
      `most memory ${(mostResidentBytes / 2 ** 20).toFixed(0)} MiB; ` +
      `${report.faults.length === 0 ? 'no fault' : `${report.faults.length + report.moreFaults} FAULTS`}`,
  )
  for (const { index, kind, message } of report.faults) console.log(`  input ${index}, ${kind}: ${message}`)
}
