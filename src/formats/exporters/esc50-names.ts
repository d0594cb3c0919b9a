import type { ExportClip } from '../../shared/job/manifest'
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
 * Names clips so that every one has its own and clips of one group share the id. A clip that is a whole
 * recording with a name in ESC-50's pattern keeps its id and take; others get the next free letter.
 * A clip without a group is grouped by its recording.
 */
export function nameClips(clips: readonly ExportClip[]): Map<string, Esc50Name> {
  const ids = new UniqueNames()
  const idOf = (clip: ExportClip, original: Esc50Name | null): string => {
    const group = clip.group ?? original?.id
    if (group !== undefined) return ids.nameOf(`group ${group}`, toId(group))
    return ids.nameOf(`recording ${clip.path}`, toId(stemOf(clip.recordingPath)))
  }
  // Clips that have a name go first: nobody else may take it.
  const originals = clips.map((clip) => (isWholeRecording(clip) ? parseEsc50Name(clip.recordingPath) : null))
  const order = [...clips.keys()].sort((a, b) => Number(originals[a] === null) - Number(originals[b] === null))
  const takesOfId = new Map<string, Set<string>>()
  const names = new Map<string, Esc50Name>()
  for (const index of order) {
    const clip = clips[index]!
    const id = idOf(clip, originals[index]!)
    const takes = takesOfId.get(id) ?? new Set()
    takesOfId.set(id, takes)
    const wanted = originals[index]?.take
    const take = wanted !== undefined && !takes.has(wanted) ? wanted : firstFreeTake(takes)
    takes.add(take)
    names.set(clip.id, { id, take })
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

function firstFreeTake(takes: ReadonlySet<string>): string {
  let number = 0
  while (takes.has(takeLetters(number))) number++
  return takeLetters(number)
}

/** 0 → A, 25 → Z, 26 → AA. */
function takeLetters(number: number): string {
  const last = String.fromCharCode(65 + (number % 26))
  return number < 26 ? last : takeLetters(Math.floor(number / 26) - 1) + last
}
