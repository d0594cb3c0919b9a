import { existsSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describeFrontEnd } from '../../../dsp/describe-front-end'
import { frontEndPresets } from '../../../dsp/front-end-presets'
import { hashFrontEnd } from '../../../dsp/front-end-identity'
import { pictureShape } from '../../../dsp/picture-shape'
import type { FrontEnd } from '../../../dsp/recipe'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Handlers } from '../../../shared/contract/contract'
import type { FeatureFile, FrontEndInfo } from '../../../shared/contract/features'
import { AppError } from '../../../shared/errors'
import { mapInOrder } from '../../../shared/map-in-order'
import { requireAbsolute } from '../catalog/catalog-folder'
import { mapExportClips } from '../catalog/export-clips'
import { type FeatureFileWriter, featureFormatOf, openFeatureFile } from '../media/feature-file'
import { requireFile, requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function featureHandlers(workspace: Workspace): Handlers['features'] {
  return {
    frontEnds: () => frontEndPresets.map(({ frontEnd, ...preset }) => ({ ...preset, frontEnd, ...describe(frontEnd) })),
    describe: ({ frontEnd }) => describe(frontEnd),
    async write({ of, frontEnd, out: given }, { signal }): Promise<FeatureFile> {
      const out = requireAbsolute(given)
      featureFormatOf(out)
      requireFolder(dirname(out))
      if (existsSync(out))
        throw new AppError('conflict', `${out} is there already.`, { hint: 'Name another file, or remove it.' })
      describe(frontEnd)
      const clips = of.kind === 'clips' ? listClips(workspace, of.query) : []
      const source = of.kind === 'file' ? requireFile(requireAbsolute(of.path)) : null
      const file = openFeatureFile(out, frontEnd, source !== null)
      try {
        if (source === null) await ofClips(workspace, clips, frontEnd, file, signal)
        else await ofFile(workspace.openMedia(), source, frontEnd, file, signal)
        const summary = file.finish()
        return { ...summary, path: out, bytes: statSync(out).size, frontEndHash: hashFrontEnd(frontEnd) }
      } catch (thrown) {
        file.abandon()
        throw thrown
      }
    },
  }
}

/** @throws AppError 'invalid-argument' for a front end that cannot be computed */
function describe(frontEnd: FrontEnd): Pick<FrontEndInfo, 'hash' | 'parts' | 'bands' | 'channels'> {
  try {
    return { hash: hashFrontEnd(frontEnd), parts: describeFrontEnd(frontEnd), ...pictureShape(frontEnd) }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw new AppError('invalid-argument', `The front end cannot be computed: ${thrown.message}.`, { cause: thrown })
  }
}

/** What is written of a clip beside its features. */
interface FeatureClip {
  key: string
  recording: string
  startSeconds: number
  endSeconds: number
  fold: string | null
  /** Names of its present classes. */
  labels: string[]
}

function listClips(workspace: Workspace, query: ClipQuery): FeatureClip[] {
  const clips = mapExportClips(workspace.database, query, (clip): FeatureClip => ({
    key: clip.id,
    recording: clip.recordingPath,
    startSeconds: clip.startSeconds,
    endSeconds: clip.endSeconds,
    fold: clip.fold,
    labels: clip.labels.flatMap(({ className, state }) => (state === 'present' ? [className] : [])),
  }))
  if (clips.length > 0) return clips
  throw new AppError('invalid-argument', 'No clip is in this selection, so there are no features to compute.')
}

async function ofFile(
  media: ReturnType<Workspace['openMedia']>,
  path: string,
  frontEnd: FrontEnd,
  file: FeatureFileWriter,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { durationSeconds } = await media.run('probe', { path }, { signal })
    const span = { path, startSeconds: 0, endSeconds: durationSeconds }
    const segments = await media.run('segments', { ...span, frontEnd }, { signal })
    file.add({ ...span, key: basename(path), recording: path, fold: null, labels: [], segments })
  } finally {
    await media.close()
  }
}

/** Clips computed at a time, or waiting to be written. */
const ahead = 32

async function ofClips(
  workspace: Workspace,
  clips: readonly FeatureClip[],
  frontEnd: FrontEnd,
  file: FeatureFileWriter,
  signal: AbortSignal,
): Promise<void> {
  const { media } = workspace.catalog
  await mapInOrder(
    clips,
    ahead,
    (clip) => media.segments(clip.key, frontEnd, signal),
    (segments, clip, index) => {
      file.add({ ...clip, segments })
      workspace.announcer.tell('features.progress', { done: index + 1, total: clips.length })
    },
  )
}
