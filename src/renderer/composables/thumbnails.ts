import type { ClipThumbnail } from '../../shared/contract/media'
import { useClient } from './use-client'

const kept = new Map<string, ClipThumbnail>()
const keptAtMost = 3000
const atOnce = 4
let running = 0

interface Wish {
  clipId: string
  isWanted(): boolean
  resolve(thumbnail: ClipThumbnail | null): void
}
const waiting: Wish[] = []

function next(): void {
  while (running < atOnce) {
    // The newest first: it is what a scrolling person looks at now.
    const wish = waiting.pop()
    if (!wish) return
    if (!wish.isWanted()) {
      wish.resolve(null)
      continue
    }
    running++
    void useClient()
      .media.thumbnail({ clipId: wish.clipId })
      .catch(() => null)
      .then((thumbnail) => {
        running--
        // What could not be made may be possible later: it is asked for again.
        if (thumbnail) {
          if (kept.size >= keptAtMost) kept.delete(kept.keys().next().value!)
          kept.set(wish.clipId, thumbnail)
        }
        wish.resolve(thumbnail)
        next()
      })
  }
}

/**
 * The small spectrogram of a clip; null where it cannot be made. A few at a time, the newest wish first;
 * one that is no longer wanted when its turn comes is passed over.
 */
export function fetchThumbnail(clipId: string, isWanted: () => boolean): Promise<ClipThumbnail | null> {
  const known = kept.get(clipId)
  if (known) return Promise.resolve(known)
  return new Promise((resolve) => {
    waiting.push({ clipId, isWanted, resolve })
    next()
  })
}

/** A thumbnail that is already here, to be drawn in the same frame. */
export const knownThumbnail = (clipId: string): ClipThumbnail | null => kept.get(clipId) ?? null

/** Another catalog has other clips. */
export function forgetThumbnails(): void {
  kept.clear()
}
