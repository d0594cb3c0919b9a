/** Reads one dataset as an import does, and tells how long it took, how much memory, and what came of it. */
import { findImporter } from '../src/formats/importers/importer'
import { openDataset } from '../src/main/worker/open-dataset'
import { forgetPeak, readMemory } from './memory'

export interface HugeOutcome {
  seconds: number
  /** The most that was resident beyond what was before. */
  peakBytes: number
  recordings: number
  annotations: number
  /** The first few of what is wrong. */
  said: string[]
}

const [, , folder, format] = process.argv
const { folder: dataset } = await openDataset(folder!)
globalThis.gc?.()
forgetPeak()
const before = readMemory()
const cpu = process.cpuUsage()
let outcome: Pick<HugeOutcome, 'recordings' | 'annotations' | 'said'>
try {
  const { recordings, withoutSound = [], issues } = await findImporter(format!).read(dataset)
  const all = [...recordings, ...withoutSound]
  const count = all.reduce(
    (sum, { clips }) => sum + clips.reduce((own, clip) => own + (clip.annotations?.length ?? 0), 0),
    0,
  )
  const said = issues.slice(0, 3).map(({ file, row, reason }) => `${file} ${row} ${reason}`)
  outcome = { recordings: all.length, annotations: count, said }
} catch (error) {
  outcome = { recordings: 0, annotations: 0, said: [(error as Error).message] }
}
const { user, system } = process.cpuUsage(cpu)
const peakBytes = readMemory().peakBytes - before.residentBytes
process.send!({ seconds: (user + system) / 1e6, peakBytes, ...outcome } satisfies HugeOutcome)
