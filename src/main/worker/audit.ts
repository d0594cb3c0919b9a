import { basename } from 'node:path'
import { fingerprintVersion } from '../../dsp/fingerprint'
import { findSoundMatches } from '../../dsp/fingerprint-matches'
import { toAppError } from '../../shared/errors'
import type { AuditManifest } from '../../shared/job/manifest'
import type { ImportIssue, WorkerEvent } from '../../shared/job/worker-event'
import { MediaCache } from '../media/media-cache'
import { mapInOrder } from '../../shared/map-in-order'
import { type MediaRunner, withMediaPool } from './media-runner'
import { throttleProgress } from './throttle-progress'

const threads = 2

/**
 * Listens to recordings and finds which of them sound the same, wholly or in part. Fingerprints are kept in the cache
 * folder, so that only what is new is decoded. Tells `progress`, `issues` for what cannot be read, and one `sounds`.
 */
export async function runAudit(
  manifest: AuditManifest,
  tell: (event: WorkerEvent) => void,
  media?: MediaRunner,
): Promise<void> {
  const { sounds } = manifest
  const cache = new MediaCache(manifest.cacheFolder)
  const issues: ImportIssue[] = []
  const heard: { contentHash: string; codes: Uint32Array }[] = []
  // Listening takes long, comparing does not.
  const total = sounds.length + Math.ceil(sounds.length / 20)
  const progress = throttleProgress(tell, total)
  await withMediaPool(threads, media, (pool) =>
    mapInOrder(
      sounds,
      threads * 2,
      (sound) => listen(sound, cache, pool),
      (outcome, { path, contentHash }, index) => {
        if ('reason' in outcome) issues.push({ file: path, row: null, reason: outcome.reason })
        else heard.push({ contentHash, codes: outcome.codes })
        progress(index + 1, `Listening to ${basename(path)}`)
      },
    ),
  )
  if (issues.length > 0) tell({ type: 'issues', issues })
  const matches = findSoundMatches(
    heard.map(({ codes }) => codes),
    (done, all) => progress(sounds.length + Math.floor((done / all) * (total - sounds.length)), 'Comparing'),
  )
  tell({
    type: 'sounds',
    heard: heard.map(({ contentHash, codes }) => ({ contentHash, frames: codes.length })),
    matches: matches.map(({ first, second, ...match }) => ({
      firstHash: heard[first]!.contentHash,
      secondHash: heard[second]!.contentHash,
      ...match,
    })),
  })
}

async function listen(
  { path, contentHash }: AuditManifest['sounds'][number],
  cache: MediaCache,
  media: MediaRunner,
): Promise<{ codes: Uint32Array } | { reason: string }> {
  const key = `fingerprint ${fingerprintVersion} ${contentHash}`
  const kept = await cache.read(key)
  if (kept) return { codes: new Uint32Array(kept.slice().buffer) }
  try {
    const { codes } = await media.run('fingerprint', { path })
    await cache.write(key, new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength))
    return { codes }
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    if (code === 'cancelled') throw thrown
    return { reason: message }
  }
}
