/** Clips of every kind that exchange formats trip over, and the way through an exporter and its importer. */
import type { ExportAnnotation, ExportClip, ExportLabel, ExportManifest } from '../../shared/job/manifest'
import { defaultExportOptions } from '../../shared/job/manifest'
import type { ClipDraft } from '../../shared/job/worker-event'
import { placesOf, type Exporter } from '../exporters/export-plan'
import { refuseClip } from '../exporters/refuse-clip'
import { findImporter, type ImportPlan } from '../importers/importer'
import { textDataset, type DatasetTexts } from '../importers/testing/text-dataset'
import { compareRoundTrip, type Certificate } from '../round-trip'
import { takenOrigin, waitingProposal } from './made-clips'

const id = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

export function label(className: string, state: 'present' | 'absent' = 'present'): ExportLabel {
  return { className, classCode: null, mid: null, state }
}

export function annotation(
  number: number,
  startSeconds: number,
  endSeconds: number,
  labels: ExportLabel[],
  changes: Partial<ExportAnnotation> = {},
): ExportAnnotation {
  const nothing = { lowHz: null, highHz: null, tier: 'human', author: 'anna', score: null, note: '' }
  return { id: id(number), startSeconds, endSeconds, ...nothing, labels, ...changes }
}

export function wholeClip(
  number: number,
  recordingPath: string,
  seconds: number,
  annotations: ExportAnnotation[],
  changes: Partial<ExportClip> = {},
): ExportClip {
  return {
    id: id(1_000_000 + number),
    path: `/data/${recordingPath}`,
    contentHash: 'h',
    startSeconds: 0,
    endSeconds: seconds,
    recordingPath,
    recordingSeconds: seconds,
    fold: null,
    split: null,
    isFullyAnnotated: false,
    note: '',
    group: null,
    labels: [],
    annotations,
    source: {},
    ...changes,
  }
}

/** Unicode, dots, dashes, quotes, overlaps, open bounds, points, several classes, absent ones, notes, scores, silence. */
export function trickyClips(): ExportClip[] {
  return [
    wholeClip(1, 'site a/2024.05.01 dawn.wav', 60, [
      annotation(1, 0.5, 2.25, [label('Blaumeise 🐦')], { lowHz: 2000.5, highHz: 8000 }),
      annotation(2, 1, 3, [label('rain, “heavy”'), label('-wind')], { note: 'two\tlines\nof "text"' }),
      annotation(3, 1, 3, [label('dog')], {
        ...{ lowHz: 500, tier: 'model', author: 'run3', score: 0.5, proposal: waitingProposal },
      }),
      annotation(4, 10, 10.001, [label('click')], { highHz: 4000 }),
      annotation(5, 58.123457, 60, []),
      annotation(6, 20, 21, [label('dog', 'absent'), label('cat')], { origin: takenOrigin }),
    ]),
    wholeClip(2, '-silent.flac', 12.5, []),
    wholeClip(
      3,
      'site b/2024.05.01 dawn.wav',
      30,
      [annotation(7, 29, 30, [label('dog')], { lowHz: 0, highHz: 12000 })],
      {
        labels: [label('outdoor'), label('music', 'absent')],
        fold: '2',
        split: 'test',
        group: 'site b',
        note: 'whole',
        isFullyAnnotated: true,
        source: { site: 'Fluß; "b"' },
      },
    ),
  ]
}

/** 5,000 segments over fifty recordings. */
export function manySegments(): ExportClip[] {
  return Array.from({ length: 50 }, (_, recording) =>
    wholeClip(
      recording,
      `night/${recording}.wav`,
      600,
      Array.from({ length: 100 }, (_none, index) => {
        const start = index * 5.5 + recording / 100
        return annotation(recording * 100 + index, start, start + 7.25, [label(`class ${index % 23}`)], {
          lowHz: 100 + index,
          highHz: 9000 + index,
        })
      }),
    ),
  )
}

export interface RoundTrip {
  certificate: Certificate
  texts: DatasetTexts
  plan: ImportPlan
  choices: string[]
  skipped: string[]
}

/** Exports clips, reads the files again, and compares. @param sounds files that lie beside what is written */
export async function goRoundTrip(exporter: Exporter, clips: ExportClip[], sounds: string[] = []): Promise<RoundTrip> {
  const classNames = new Set(clips.flatMap((clip) => [clip, ...clip.annotations]).flatMap(({ labels }) => labels))
  const manifest: ExportManifest = {
    kind: 'export',
    format: exporter.id,
    out: '/o',
    query: '',
    options: defaultExportOptions,
    catalogName: 'c',
    classes: [...new Set([...classNames].map(({ className }) => className))].map((name) => ({
      name,
      code: null,
      mid: null,
    })),
    clips: clips.filter((clip) => refuseClip(exporter, clip, defaultExportOptions) === null),
  }
  const plan = exporter.plan(manifest, { createdAt: new Date(0), containerOf: () => 'wav' })
  const { files, choices } = plan.finish(new Set())
  const texts: DatasetTexts = {}
  for (const { path, content } of files)
    texts[path] = typeof content === 'string' ? `${String(texts[path] ?? '')}${content}` : content
  const read = await findImporter(exporter.importer!).read(textDataset(texts, sounds))
  const returned = new Map<string, ClipDraft[]>()
  for (const { path, clips: drafts } of [...read.recordings, ...(read.withoutSound ?? [])]) returned.set(path, drafts)
  const certificate = compareRoundTrip(placesOf(plan), returned, { ...exporter.losses, ...plan.losses })
  const skipped = clips
    .map((clip) => refuseClip(exporter, clip, defaultExportOptions))
    .filter((reason) => reason !== null)
  return { certificate, texts, plan: read, choices, skipped }
}

/** Faults of a certificate, to be none. */
export function faultsOf({ examples }: Certificate): object[] {
  return examples.filter(({ kind }) => kind === 'fault')
}

/** What was lost and was expected to be, by name. */
export function lossesOf({ differences }: Certificate): string[] {
  return [...new Set(differences.filter(({ kind }) => kind === 'expected').map(({ what }) => what))].sort()
}
