import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { SampleManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { runImport } from './import'
import type { MediaRunner } from './media-runner'
import { writeDurably } from './partial-folder'
import { listSampleClips, synthesiseClip, writeSampleMeta } from './sample/sample-set'
import { sampleRateHz } from './sample/signal'

/**
 * Synthesises the sample dataset into `folder` in ESC-50's layout and imports it: 60 clips of 2 to 4 s,
 * 22.05 kHz, mono, 16 bit, in six classes and five folds. The same seed writes the same bytes; a file
 * appears only when it is complete.
 * @throws AppError no-space, no-permission; what runImport throws.
 */
export async function runSample(
  manifest: SampleManifest,
  tell: (event: WorkerEvent) => void,
  media?: MediaRunner,
): Promise<void> {
  const clips = listSampleClips()
  const total = 2 * clips.length
  for (const [index, clip] of clips.entries()) {
    tell({ type: 'progress', done: index, total, message: `Synthesising ${clip.category}, ${clip.filename}` })
    const wav = encodeWav([synthesiseClip(manifest.seed, clip)], sampleRateHz)
    await replaceFile(join(manifest.folder, 'audio', clip.filename), wav)
  }
  await replaceFile(join(manifest.folder, 'meta', 'esc50.csv'), writeSampleMeta(clips))
  await runImport(
    { kind: 'import', format: 'esc50', path: manifest.folder, known: [] },
    shiftProgress(tell, clips.length, total),
    media,
  )
}

/** Imports count their own files; here they are the second half. */
function shiftProgress(tell: (event: WorkerEvent) => void, by: number, total: number): (event: WorkerEvent) => void {
  return (event) => {
    if (event.type !== 'progress') tell(event)
    else tell({ ...event, done: Math.min(by + event.done, total), total })
  }
}

async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const partial = `${path}.partial`
  await rm(partial, { force: true })
  await writeDurably(partial, content)
  await rename(partial, path)
}
