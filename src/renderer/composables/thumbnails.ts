import type { ClipThumbnail } from '../../shared/contract/media'
import { useClient } from './use-client'

const kept = new Map<string, ClipThumbnail>()
const keptAtMost = 3000
const atOnce = 4
let running = 0
/** Whole pictures of long clips take seconds each: one at a time, when no first picture is waited for. */
let isPaintingWhole = false

interface Wish {
  clipId: string
  isWanted(): boolean
  resolve(thumbnail: ClipThumbnail | null): void
}
const waiting: Wish[] = []
const waitingWhole: (Wish & { signal: AbortSignal })[] = []

function next(): void {
  while (running < atOnce) {
    // The newest first: it is what a scrolling person looks at now.
    const wish = waiting.pop()
    if (!wish) break
    if (!wish.isWanted()) {
      wish.resolve(null)
      continue
    }
    running++
    void ask({ clipId: wish.clipId, takesSketch: true }).then((thumbnail) => {
      running--
      wish.resolve(thumbnail)
      next()
    })
  }
  while (running === 0 && !isPaintingWhole) {
    const wish = waitingWhole.pop()
    if (!wish) return
    if (!wish.isWanted()) {
      wish.resolve(null)
      continue
    }
    isPaintingWhole = true
    void ask({ clipId: wish.clipId, takesSketch: false }, wish.signal).then((thumbnail) => {
      isPaintingWhole = false
      wish.resolve(thumbnail)
      next()
    })
  }
}

/** What could not be made may be possible later: it is asked for again. */
async function ask(
  input: { clipId: string; takesSketch: boolean },
  signal?: AbortSignal,
): Promise<ClipThumbnail | null> {
  const thumbnail = await useClient()
    .media.thumbnail(input, { signal })
    .catch(() => null)
  if (!thumbnail) return null
  kept.delete(input.clipId)
  if (kept.size >= keptAtMost) kept.delete(kept.keys().next().value!)
  kept.set(input.clipId, thumbnail)
  return thumbnail
}

/**
 * The small spectrogram of a clip, of a long one a sketch; null where it cannot be made. A few at a time, the newest wish
 * first; one that is no longer wanted when its turn comes is passed over.
 */
export function fetchThumbnail(clipId: string, isWanted: () => boolean): Promise<ClipThumbnail | null> {
  const known = kept.get(clipId)
  if (known) return Promise.resolve(known)
  return new Promise((resolve) => {
    waiting.push({ clipId, isWanted, resolve })
    next()
  })
}

/** What takes a sketch's place, once the whole clip was looked at; null where it is not wanted any more. */
export function fetchWholeThumbnail(clipId: string, signal: AbortSignal): Promise<ClipThumbnail | null> {
  return new Promise((resolve) => {
    waitingWhole.push({ clipId, isWanted: () => !signal.aborted, signal, resolve })
    next()
  })
}

/** A thumbnail that is already here, to be drawn in the same frame. */
export const knownThumbnail = (clipId: string): ClipThumbnail | null => kept.get(clipId) ?? null

/** Another catalog has other clips. */
export function forgetThumbnails(): void {
  kept.clear()
}
