/**
 * `npm run bench -- formats [ID …] [--python PYTHON]`: 5,000 segments out in every format and in again. Each format runs
 * in a process of its own: the export as a job does it (sound cut, files synced, read again, compared), then reading
 * alone. Beside it, in the same run: Node copying and syncing the same files, and a Python library reading the texts.
 * Needs a build (npm run build) for the media threads. Work is done in TMPDIR: in memory (TMPDIR=/dev/shm) syncing costs
 * nothing and the figures are those of the program; on a disk that syncs slowly they are the disk's.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { encodeWav } from '../src/formats/audio/encode-wav'
import { exporters, findExporter } from '../src/formats/exporters/exporter'
import { findImporter } from '../src/formats/importers/importer'
import { listFolder } from '../src/main/media/list-folder'
import { runExport } from '../src/main/worker/export'
import { defaultExportOptions, type ExportClip, type ExportEmbedding } from '../src/shared/job/manifest'
import { toDrafts } from '../src/shared/job/named-drafts'
import type { RoundTripSummary } from '../src/shared/job/worker-event'

const segments = 5000
const recordings = 50
const perRecording = segments / recordings
const classNames = Array.from({ length: 23 }, (_, index) => `class ${index}`)
const rateHz = 8000
const recordingSeconds = 12

/** Formats of segments: 50 recordings with 100 segments each. All others get 5,000 clips, cut out of them. */
const ofSegments = new Set('audioset-strong desed audacity raven textgrid label-studio aoef jams cvat table'.split(' '))

/** A copy that took less says nothing: of a few small files. */
const leastMs = 50

/** As AudioSet has them: 128 bytes a second. */
const embedding: ExportEmbedding = {
  name: 'audioset',
  frames: 10,
  dimensions: 128,
  dtype: 'uint8',
  data: Buffer.alloc(1280, 7).toString('base64'),
}

interface Outcome {
  exportMs: number
  readMs: number
  clips: number
  skipped: number
  files: number
  bytes: number
  peakMiB: number
  roundTrip: RoundTripSummary | null
}

interface Reference {
  copyMs: number
  peakMiB: number
}

export async function main(args: string[]): Promise<void> {
  const [job, id = '', folder = ''] = args
  if (job === '--export') return console.log(JSON.stringify(await exportAndRead(id, folder)))
  if (job === '--copy') return console.log(JSON.stringify(copyFiles(id, folder)))
  if (job === '--idle') return console.log(JSON.stringify({ peakMiB: peakMiB() }))
  const at = args.indexOf('--python')
  const python = at < 0 ? 'python3' : args[at + 1]!
  const wanted = at < 0 ? args : args.toSpliced(at, 2)
  compareAll(wanted.length > 0 ? wanted.map((one) => findExporter(one).id) : exporters.map((one) => one.id), python)
}

function compareAll(ids: readonly string[], python: string): void {
  const work = mkdtempSync(join(tmpdir(), 'earmark-bench-formats-'))
  try {
    writeSounds(join(work, 'sound'))
    console.log(
      `${segments} segments; ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}`,
    )
    console.log(`a process that does nothing peaks at ${run<{ peakMiB: number }>('--idle').peakMiB} MiB\n`)
    console.log(
      [
        'format'.padEnd(22),
        'write, read, compare',
        ' read',
        ' files',
        '   MB',
        ' peak',
        '| copy by Node',
        'ratio',
        '| read by',
      ].join('  '),
    )
    for (const id of ids) compare(id, work, python)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function compare(id: string, work: string, python: string): void {
  const out = join(work, id)
  const own = run<Outcome>('--export', id, work)
  const copy = run<Reference>('--copy', out, join(work, 'copy'))
  const other = readByPython(python, id, out)
  const seconds = (ms: number): string => (ms / 1000).toFixed(2)
  console.log(
    [
      id.padEnd(22),
      `${seconds(own.exportMs)} s`.padStart(20),
      seconds(own.readMs).padStart(5),
      String(own.files).padStart(6),
      (own.bytes / 1e6).toFixed(1).padStart(5),
      String(own.peakMiB).padStart(5),
      `| ${seconds(copy.copyMs)} s, ${copy.peakMiB} MiB`.padEnd(14),
      (copy.copyMs < leastMs ? '–' : (own.exportMs / copy.copyMs).toFixed(1)).padStart(5),
      other === null ? '| –' : `| ${other.by} ${seconds(other.ms)} s, ratio ${(own.readMs / other.ms).toFixed(1)}`,
    ].join('  '),
  )
  const { roundTrip, clips, skipped } = own
  const verdict = roundTrip === null ? 'nothing reads it' : roundTrip.verdict
  console.log(`    ${verdict}: ${clips} clips, ${skipped} left out`)
  for (const { what, kind, count, reason } of roundTrip?.differences ?? [])
    console.log(`    ${kind === 'fault' ? 'FAULT' : 'expected'}: ${what} of ${count} clips, ${reason}`)
  rmSync(out, { recursive: true, force: true })
}

/** Runs a part in a process of its own, whose peak of memory is then its own. */
function run<T>(...args: string[]): T {
  const code = `import(${JSON.stringify(`file://${import.meta.filename}`)}).then((bench) => bench.main(${JSON.stringify(args)}))`
  const text = execFileSync(process.execPath, ['-e', code], {
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(text.toString().trim().split('\n').at(-1)!) as T
}

const peakMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1024)

async function exportAndRead(id: string, work: string): Promise<Outcome> {
  const exporter = findExporter(id)
  const clipsFile = join(work, `${id}.jsonl`)
  writeFileSync(
    clipsFile,
    makeClips(id, join(work, 'sound'))
      .map((clip) => `${JSON.stringify(clip)}\n`)
      .join(''),
  )
  const out = join(work, id)
  const classes = classNames.map((name, code) => ({ name, code, mid: `/m/bench${code}` }))
  let outcome: Pick<Outcome, 'clips' | 'skipped' | 'files' | 'roundTrip'> | null = null
  const options = { ...defaultExportOptions }
  const startedAt = performance.now()
  await runExport(
    { kind: 'export', format: id, out, query: '', options, catalogName: 'bench', classes, clipsFile },
    (event) => {
      if (event.type !== 'exported') return
      const { clips, files, skippedCount = event.skipped.length, roundTrip = null } = event
      outcome = { clips, files, skipped: skippedCount, roundTrip }
    },
  )
  const exportMs = performance.now() - startedAt
  rmSync(clipsFile)
  const readMs = exporter.importer === null ? 0 : await readOnly(exporter.importer, out)
  return { ...outcome!, exportMs, readMs, bytes: sizeOf(out), peakMiB: peakMiB() }
}

async function readOnly(importer: string, out: string): Promise<number> {
  const startedAt = performance.now()
  const { files } = await listFolder(out)
  const read = await findImporter(importer).read({ listing: files, readBytes: (path) => readFile(join(out, path)) })
  const drafts: Iterable<{ clips: unknown[] }>[] = [read.recordings, read.withoutSound ?? []]
  if (read.named) for await (const { rows, planned } of read.named) drafts.push(toDrafts(rows), planned)
  const clips = drafts.flatMap((some) => [...some]).reduce((sum, one) => sum + one.clips.length, 0)
  if (clips === 0) throw new Error(`${importer} has read nothing of ${out}`)
  return performance.now() - startedAt
}

function makeClips(id: string, sound: string): ExportClip[] {
  const label = (index: number): ExportClip['labels'] => [
    { className: classNames[index % 23]!, classCode: index % 23, mid: `/m/bench${index % 23}`, state: 'present' },
  ]
  const clip = (recording: number, name: string, changes: Partial<ExportClip>): ExportClip => ({
    id: name,
    path: join(sound, `r${recording}.wav`),
    contentHash: null,
    startSeconds: 0,
    endSeconds: recordingSeconds,
    recordingPath: `r${recording}.wav`,
    recordingSeconds,
    sampleRateHz: rateHz,
    channelCount: 1,
    fold: String((recording % 10) + 1),
    split: null,
    isFullyAnnotated: true,
    note: '',
    group: `source-${recording}`,
    labels: [],
    annotations: [],
    source: { licence: 'CC0' },
    ...(findExporter(id).takesEmbeddings ? { embeddings: [embedding] } : {}),
    ...changes,
  })
  const spans = Array.from({ length: perRecording }, (_, index) => index * 0.11)
  const each = Array.from({ length: recordings }, (_, recording) => recording)
  if (!ofSegments.has(id))
    return each.flatMap((recording) =>
      spans.map((startSeconds, index) =>
        clip(recording, `${recording}-${index}`, {
          startSeconds,
          endSeconds: startSeconds + 0.1,
          labels: label(recording * perRecording + index),
        }),
      ),
    )
  return each.map((recording) =>
    clip(recording, `${recording}`, {
      annotations: spans.map((startSeconds, index) => ({
        id: `${recording}-${index}`,
        startSeconds,
        endSeconds: startSeconds + 0.25,
        lowHz: 100 + index,
        highHz: 2000 + index,
        tier: 'human',
        author: 'bench',
        score: null,
        note: '',
        labels: label(recording * perRecording + index),
      })),
    }),
  )
}

function writeSounds(folder: string): void {
  mkdirSync(folder)
  const samples = new Float32Array(recordingSeconds * rateHz)
  for (let recording = 0; recording < recordings; recording++) {
    for (let n = 0; n < samples.length; n++) samples[n] = 0.5 * Math.sin((n * (recording + 3)) / 40)
    writeFileSync(join(folder, `r${recording}.wav`), encodeWav([samples], rateHz))
  }
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const sizeOf = (folder: string): number => filesOf(folder).reduce((sum, file) => sum + readFileSync(file).length, 0)

/** The reference of writing: the same files read, written and synced one after the other, by Node's fs and nothing else. */
function copyFiles(from: string, to: string): Reference {
  const startedAt = performance.now()
  for (const file of filesOf(from)) {
    const target = join(to, file.slice(from.length))
    mkdirSync(dirname(target), { recursive: true })
    const handle = openSync(target, 'w')
    writeFileSync(handle, readFileSync(file))
    fsyncSync(handle)
    closeSync(handle)
  }
  const copyMs = performance.now() - startedAt
  rmSync(to, { recursive: true, force: true })
  return { copyMs, peakMiB: peakMiB() }
}

/** The reference of reading: bench/contestants/read_formats.py; null where Python or its library is not there. */
function readByPython(python: string, id: string, out: string): { by: string; ms: number } | null {
  const script = resolve(import.meta.dirname, '../../bench/contestants/read_formats.py')
  const { status, stdout } = spawnSync(python, [script, id, out], { encoding: 'utf8', maxBuffer: 1 << 24 })
  return status === 0 ? (JSON.parse(stdout) as { by: string; ms: number }) : null
}
