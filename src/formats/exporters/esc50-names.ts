import type { ClipList, ExportClip } from '../../shared/job/manifest'
import { isWholeRecording } from './export-plan'
import { stemOf, UniqueNames } from './unique-names'

/** The parts of `{FOLD}-{CLIP_ID}-{TAKE}-{TARGET}` that say where a clip comes from. */
export interface Esc50Name {
  /** CLIP_ID: one per group, so that fragments of a source are recognised by it. */
  id: string
  take: string
}

/** Reads id and take from a name in ESC-50's pattern, null for any other. */
export function parseEsc50Name(path: string): Esc50Name | null {
  const match = /^\d+-([^-]+)-([A-Z]+)-\d+$/.exec(stemOf(path))
  return match ? { id: match[1]!, take: match[2]! } : null
}

/**
 * Names clips, in their order, so that every one has its own and clips of one group share the id. A clip that is a whole
 * recording with a name in ESC-50's pattern keeps its id and take; others get the next free letter.
 * A clip without a group is grouped by its recording.
 */
export function nameClips(clips: ClipList): Esc50Name[] {
  const ids = new UniqueNames()
  const takesOfId = new Map<string, { taken: Set<string>; next: number }>()
  const idOf = (clip: ExportClip, original: Esc50Name | null): string => {
    const group = clip.group ?? original?.id
    if (group !== undefined) return ids.nameOf(`group ${group}`, toId(group))
    return ids.nameOf(`recording ${clip.path}`, toId(stemOf(clip.recordingPath)))
  }
  const nameClip = (clip: ExportClip, original: Esc50Name | null): Esc50Name => {
    const id = idOf(clip, original)
    const takes = takesOfId.get(id) ?? { taken: new Set(), next: 0 }
    takesOfId.set(id, takes)
    let take = original?.take
    if (take === undefined || takes.taken.has(take)) {
      while (takes.taken.has(takeLetters(takes.next))) takes.next++
      take = takeLetters(takes.next)
    }
    takes.taken.add(take)
    return { id, take }
  }
  const names: Esc50Name[] = []
  // Clips that have a name go first: nobody else may take it.
  for (const isNamed of [true, false]) {
    let place = 0
    for (const clip of clips) {
      const original = isWholeRecording(clip) ? parseEsc50Name(clip.recordingPath) : null
      if ((original !== null) === isNamed) names[place] = nameClip(clip, original)
      place++
    }
  }
  return names
}

/** Hyphens divide the parts of a name, and other signs trouble file systems. */
function toId(text: string): string {
  return (
    text
      .normalize('NFC')
      .replace(/[^\p{L}\p{M}\p{N}_.]+/gu, '_')
      .replace(/^[_.]+|[_.]+$/g, '') || 'clip'
  )
}

/** 0 → A, 25 → Z, 26 → AA. */
function takeLetters(number: number): string {
  const last = String.fromCharCode(65 + (number % 26))
  return number < 26 ? last : takeLetters(Math.floor(number / 26) - 1) + last
}
