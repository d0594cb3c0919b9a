import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type AugmentationChain, isMixingStep, isPictureStep } from '../../../dsp/recipe'
import { encodeWav } from '../../../formats/audio/encode-wav'
import { formatClipQuery } from '../../../shared/contract/clip-query'
import type { Handlers } from '../../../shared/contract/contract'
import type { RenderedFile } from '../../../shared/contract/renders'
import { AppError } from '../../../shared/errors'
import { FileSet } from '../../disk/file-set'
import { drawSounds } from '../../media/draw-sounds'
import { databaseName, requireAbsolute } from '../catalog/catalog-folder'
import { runTask } from '../catalog/catalog-task'
import { listFileMaterials, listMaterials } from '../datasets/chain-materials'
import { beginExport } from '../jobs/export-work'
import { requireFile, requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'
import { checkOut } from './exports'

export function renderHandlers(workspace: Workspace): Handlers['renders'] {
  return {
    async start({ query, chain, draw, out: given, ...how }) {
      requireSoundAlone(chain)
      const { catalog, database } = workspace
      const out = checkOut(workspace, requireAbsolute(given))
      const materials = listMaterials(database, chain)
      const work = await beginExport({
        out,
        title: (clips) => `Render ${how.draws === 1 ? 'one draw' : `${how.draws} draws`} of ${clips}`,
        manifest: {
          kind: 'render',
          out,
          catalogName: catalog.name,
          query: formatClipQuery(query),
          chain,
          ...(materials === null ? {} : { materials }),
          ...draw,
          ...how,
        },
        cacheFolder: join(catalog.path, 'cache'),
        write: (to, onProgress, stopped) =>
          runTask(
            {
              kind: 'export-clips',
              file: join(catalog.path, databaseName),
              to,
              wanted: { query, snapshotId: null, propagate: false, embeddings: false },
            },
            { onProgress, signal: stopped },
          ),
      })
      try {
        return { jobId: catalog.queue.enqueue(work).id }
      } catch (thrown) {
        work.drop()
        throw thrown
      }
    },
    async file(request, { signal }) {
      const { out, log, overwrites, className, sampleRateHz, channel, encoding, chain, draw } = request
      requireSoundAlone(chain)
      const path = requireFile(requireAbsolute(request.path))
      for (const file of log === null ? out : [...out, log]) {
        requireFolder(dirname(requireAbsolute(file)))
        if (file === path)
          throw new AppError('conflict', `${file} is the sound that is to be changed.`, { hint: 'Name another file.' })
        if (!overwrites && existsSync(file))
          throw new AppError('conflict', `${file} is there already.`, { hint: 'Name another file, or remove it.' })
      }
      const sources = listFileMaterials(chain)
      const media = workspace.openMedia()
      const written = new FileSet()
      try {
        const { durationSeconds, contentHash } = await media.run('probe', { path }, { signal })
        const span = { path, startSeconds: 0, endSeconds: durationSeconds }
        const files: RenderedFile[] = []
        let rateHz = 0
        for (const [index, file] of out.entries()) {
          const place = { ...draw, example: draw.example + index, className }
          const materials = sources && drawSounds(chain, place, sources)
          const augmentation = { chain, place, ...(materials ? { materials } : {}) }
          const of = { ...span, sampleRateHz, channel, augmentation }
          const { samples, drawn, ...sound } = await media.run('augmented', of, { signal })
          rateHz = sound.sampleRateHz
          const bytes = encodeWav([samples], rateHz, encoding)
          written.add(file, bytes)
          files.push({
            path: file,
            epoch: place.epoch,
            example: place.example,
            seconds: samples.length / rateHz,
            ...measure(samples),
            sha256: createHash('sha256').update(bytes).digest('hex'),
            drawn,
            taken: chain.steps.map((_, step) => materials?.[step]!.map(({ path: taken }) => taken) ?? []),
          })
        }
        const head = { source: path, sourceSha256: contentHash, channel, sampleRateHz: rateHz, encoding, className }
        const made = { ...head, seed: draw.seed, chain, files }
        if (log !== null) written.add(log, `${JSON.stringify(made, null, 2)}\n`)
        written.finish()
        return made
      } finally {
        written.abandon()
        await media.close()
      }
    },
  }
}

/** Files are of the sound of one clip: they show no steps of its picture, and no other clip stands beside it. */
function requireSoundAlone({ steps }: AugmentationChain): void {
  const place = steps.findIndex((step) => isPictureStep(step) || isMixingStep(step))
  if (place < 0) return
  const step = steps[place]!
  const reason = isPictureStep(step) ? 'changes pictures, and leaves the sound' : 'mixes in a training’s other clips'
  throw new AppError('invalid-argument', `Step ${place + 1} of the chain (${step.kind}) ${reason}.`, {
    hint: 'Render the chain without it; a training’s batches have it.',
  })
}

/** How far the samples reach, and how many of them whole numbers cannot hold. */
function measure(samples: Float32Array): Pick<RenderedFile, 'peak' | 'clippedSamples'> {
  let [peak, clippedSamples] = [0, 0]
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample))
    if (sample > 1 || sample < -1) clippedSamples++
  }
  return { peak, clippedSamples }
}
