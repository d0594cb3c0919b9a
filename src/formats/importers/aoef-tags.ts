import type { ClipDraft } from '../../shared/job/worker-event'
import { numberOf, objectsOf, textOf } from './json-value'

/** A tag of an AOEF file. */
export interface AoefTag {
  value: string
  /** The class that it stands for: its value, with its key before it where other keys have the same value. */
  className: string
  /** What it means where Earmark wrote it for what AOEF has no place for; `meta.` and a name are metadata. */
  own: string | null
}

/** The key's beginning in tags that Earmark writes. */
export const ownPrefix = 'earmark.'

/** Tags by their number in the file. */
export function readTags(value: unknown): Map<number, AoefTag> {
  const entries = objectsOf(value).map((tag) => ({
    id: numberOf(tag['id']),
    key: textOf(tag['key']),
    value: textOf(tag['value']),
  }))
  const keys = new Map<string, Set<string>>()
  for (const { key, value: text } of entries) {
    const own = keys.get(text)
    if (own) own.add(key)
    else keys.set(text, new Set([key]))
  }
  const hasOthers = (text: string): boolean =>
    [...(keys.get(text) ?? [])].filter((key) => !key.startsWith(ownPrefix)).length > 1
  return new Map(
    entries.map(({ id, key, value: text }) => [
      id,
      {
        value: text,
        className: hasOthers(text) && key !== '' ? `${key}: ${text}` : text,
        own: key.startsWith(ownPrefix) ? key.slice(ownPrefix.length) : null,
      },
    ]),
  )
}

/** Sets what one of Earmark's own tags says of a clip. */
export function applyTag(clip: ClipDraft, { own, value }: AoefTag, addAbsent: (className: string) => void): void {
  if (own === 'absent') addAbsent(value)
  else if (own === 'fold') clip.fold = value
  else if (own === 'group') clip.group = value
  else if (own === 'fully_annotated') clip.isFullyAnnotated = value === 'true'
  else if (own === 'split' && (value === 'train' || value === 'validation' || value === 'test')) clip.split = value
  else if (own?.startsWith('meta.')) clip.source = { ...clip.source, [own.slice('meta.'.length)]: value }
}
