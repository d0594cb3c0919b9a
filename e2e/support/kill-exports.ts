/** Exports that are killed: whole or not there, and gone on with. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { everyClip } from '../../src/shared/contract/clip-query'
import { editUntil } from './kill-edits'
import { type Activity, type Run, waitForJob } from './kill-run'
import { waitUntil } from './processes'

/** An export takes long enough to be met in the middle; another one than the last, since the catalog has not changed. */
export const exportKinds = {
  small: { format: 'folder', encoding: 'flac' },
  packed: { format: 'webdataset', encoding: 'wav16' },
  large: { format: 'audioset-csv', encoding: 'wav16' },
} as const

const exportOptions = (kind: keyof typeof exportKinds) =>
  ({
    sound: kind === 'large' ? 'copy' : 'convert',
    encoding: exportKinds[kind].encoding,
    sampleRateHz: kind === 'large' ? null : 16_000,
    nameTemplate: null,
    unknown: 'keep',
  }) as const

export const outOf = ({ stage, number }: Run): string => join(stage.folder, 'out', `export ${number}`)

async function startExport(run: Run, kind: keyof typeof exportKinds): Promise<void> {
  const { format } = exportKinds[kind]
  const { jobId } = await run.host().client.exports.start({
    format,
    out: outOf(run),
    query: { ...everyClip, text: kind === 'large' ? '' : 'base-' },
    options: exportOptions(kind),
    allowsLeaks: true,
  })
  await waitForJob(run, jobId)
}

/** An export is there whole or not; then the same one goes on, or another one begins anew, and nothing else stays. */
export async function checkExport(run: Run, kind: keyof typeof exportKinds): Promise<string[]> {
  const out = outOf(run)
  const problems: string[] = []
  if (!existsSync(out)) {
    // Sometimes something has changed since: the part that lies there is of no use any more.
    if (run.random.integer(2) === 0) {
      let turns = 0
      await editUntil(run, () => turns++ > 3, false)
    }
    await startExport(run, kind)
  } else {
    const [job] = await run.host().client.jobs.list()
    if (job?.kind !== 'export' || job.status !== 'done' || job.exportResult?.out !== out)
      problems.push(`the export is complete, and its job is ${job?.status}`)
  }
  for (const line of readFileSync(join(out, 'checksums.sha256'), 'utf8').trim().split('\n')) {
    const [sum, path] = [line.slice(0, 64), line.slice(66)]
    const file = join(out, path)
    if (!existsSync(file)) problems.push(`the export lacks ${path}`)
    else if (createHash('sha256').update(readFileSync(file)).digest('hex') !== sum)
      problems.push(`the export's ${path} has another checksum`)
  }
  JSON.parse(readFileSync(join(out, 'export-report.json'), 'utf8'))
  const beside = (): string[] => readdirSync(dirname(out)).filter((each) => each !== basename(out))
  // It goes when the process that has written is gone, a moment after the job is done.
  await waitUntil(() => beside().length === 0, 5000)
  for (const name of beside()) problems.push(`${name} lies beside the export`)
  if (existsSync(join(out, '.earmark-export.jsonl'))) problems.push('the export keeps its list of finished files')
  rmSync(out, { recursive: true, force: true })
  return problems
}

export function exporting(kind: keyof typeof exportKinds): Activity {
  return {
    name: `export, ${kind}`,
    size: kind === 'large' ? 'large' : 'small',
    victim: 'host',
    typicalMs: kind === 'large' ? 700 : 350,
    hasBeginning: kind !== 'large',
    work: (run) => startExport(run, kind),
    after: (run) => checkExport(run, kind),
  }
}
