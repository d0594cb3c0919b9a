import {
  defaultExportOptions,
  type ExportClip,
  type ExportManifest,
  type ExportOptions,
} from '../../shared/job/manifest'
import { toDrafts } from '../../shared/job/named-drafts'
import type { ClipDraft } from '../../shared/job/worker-event'
import { concatBytes } from '../containers/protobuf'
import { describeClip, placesOf, type Exporter } from '../exporters/export-plan'
import { refuseClip } from '../exporters/refuse-clip'
import { findImporter } from '../importers/importer'
import { textDataset } from '../importers/testing/text-dataset'
import { compareRoundTrip, type Certificate } from '../round-trip'

/** What the worker writes of a manifest, in memory: sound is a few bytes. */
export function writeInMemory(exporter: Exporter, plain: ExportClip[], given: Partial<ExportOptions> = {}) {
  const clips = exporter.takesEmbeddings ? plain.map(withEmbeddings) : plain
  const classes = new Map(
    clips
      .flatMap(({ labels, annotations }) => [...labels, ...annotations.flatMap((one) => one.labels)])
      .map(({ className, classCode: code, mid }) => [className, { name: className, code, mid }]),
  )
  const options = { ...defaultExportOptions, ...given }
  const manifest: ExportManifest = {
    kind: 'export',
    format: exporter.id,
    out: '/out',
    query: '',
    options,
    catalogName: 'test',
    classes: [...classes.values()],
    clips,
  }
  const skipped = clips.flatMap((clip) => {
    const reason = refuseClip(exporter, clip, options)
    return reason === null ? [] : [{ clipId: clip.id, clip: describeClip(clip), reason }]
  })
  const left = new Set(skipped.map(({ clipId }) => clipId))
  const taken = { ...manifest, clips: clips.filter(({ id }) => !left.has(id)) }
  const plan = exporter.plan(taken, { createdAt: new Date(0), containerOf: () => 'wav' })
  const pieces = new Map<string, Uint8Array[]>()
  const append = (path: string, content: string | Uint8Array): void => {
    const own = pieces.get(path) ?? []
    own.push(typeof content === 'string' ? new TextEncoder().encode(content) : content)
    pieces.set(path, own)
  }
  const sounds: string[] = []
  for (const audio of plan.audio) {
    if (!plan.pack) sounds.push(audio.path)
    else {
      const packed =
        audio.as === 'samples'
          ? ({ kind: 'samples', samples: Float32Array.of(0.5, -0.25, 1), sampleRateHz: 8000 } as const)
          : audio.as === 'features'
            ? ({ kind: 'features', values: Float32Array.of(-1, -2, -3, -4, -5, -6), frames: 3, bands: 2 } as const)
            : ({ kind: 'file', bytes: Uint8Array.of(1, 2, 3) } as const)
      for (const { path, content } of plan.pack(audio, packed)) append(path, content)
    }
  }
  const texts = plan.finish(new Set())
  for (const { path, content } of texts.files) append(path, content)
  const files = Object.fromEntries([...pieces].map(([path, own]) => [path, concatBytes(own)]))
  return { plan, texts, files, sounds, skipped }
}

/** Two quantised frames as AudioSet has them, and three of floats; those that a clip has stay. */
function withEmbeddings(clip: ExportClip, index: number): ExportClip {
  if (clip.embeddings) return clip
  const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => (at + index) & 255)
  const floats = Float32Array.of(-1.5, index, 0.1, 1e-30, Infinity, 3)
  return {
    ...clip,
    embeddings: [
      { name: 'audioset', frames: 2, dimensions: 128, dtype: 'uint8', data: toBase64(bytes) },
      { name: 'log_mel', frames: 3, dimensions: 2, dtype: 'float32', data: toBase64(new Uint8Array(floats.buffer)) },
    ],
  }
}

/** Exports in memory and imports it again. @returns also the drafts of each recording, by path */
export async function readAgain(exporter: Exporter, clips: ExportClip[], options: Partial<ExportOptions> = {}) {
  const written = writeInMemory(exporter, clips, options)
  const { plan, files, sounds } = written
  const read = await findImporter(exporter.importer!).read(textDataset(files, sounds))
  const drafts = new Map<string, ClipDraft[]>()
  const add = (recordings: Iterable<{ path: string; clips: ClipDraft[] }>): void => {
    for (const { path, clips: own } of recordings) drafts.set(path, [...(drafts.get(path) ?? []), ...own])
  }
  add(read.recordings)
  add(read.withoutSound ?? [])
  if (read.named)
    for await (const batch of read.named) {
      add(batch.planned)
      add(toDrafts(batch.rows))
    }
  const certificate: Certificate = compareRoundTrip(placesOf(plan), drafts, { ...exporter.losses, ...plan.losses })
  return { ...written, read, drafts, certificate }
}
