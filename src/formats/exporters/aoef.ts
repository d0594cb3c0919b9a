/**
 * Whombat's AOEF 1.1.0 as an annotation project (`annotation-project.json`): recordings, clips, sound events with their
 * annotations. Open bounds, tiers, scores, absent labels, folds and metadata are tags whose keys begin with `earmark.`.
 */
import { v5 as nameId } from 'uuid'
import type { ExportAnnotation, ExportClip, ExportManifest } from '../../shared/job/manifest'
import { ownPrefix } from '../importers/aoef-tags'
import { isPoint } from '../point'
import { toProvenanceRecord } from '../provenance-record'
import { again, count, tally, type Exporter } from './export-plan'
import { joinPieces, jsonArray } from './plan-parts'
import {
  groupByRecording,
  lengthOf,
  placesByName,
  presentOf,
  topOf,
  usualTopHz,
  withRecordingNames,
} from './recording-groups'

/** Of ids that are made from what they name. */
const namespace = 'a6a4a3c4-1d1f-4d0a-9a55-3b8f6a2c7e10'

/** What is written of recordings whose sound was never read: the format must have numbers. */
const usualSampleRateHz = 2 * usualTopHz

const accept = (): string | null => null

/** Numbers tags and users in the order met. */
class Registry {
  readonly tags: { id: number; key: string; value: string }[] = []
  readonly users: { uuid: string; username: string }[] = []
  private readonly numbers = new Map<string, number>()
  private readonly userIds = new Map<string, string>()

  tag(key: string, value: string): number {
    const name = JSON.stringify([key, value])
    let id = this.numbers.get(name)
    if (id === undefined) {
      this.numbers.set(name, (id = this.tags.length))
      this.tags.push({ id, key, value })
    }
    return id
  }

  user(username: string): string {
    let uuid = this.userIds.get(username)
    if (uuid === undefined) {
      this.userIds.set(username, (uuid = nameId(`user ${username}`, namespace)))
      this.users.push({ uuid, username })
    }
    return uuid
  }
}

function toGeometry(annotation: ExportAnnotation, sampleRateHz: number | null): object {
  const { startSeconds, endSeconds, lowHz, highHz } = annotation
  if (lowHz === null && highHz === null)
    return isPoint(annotation)
      ? { type: 'TimeStamp', coordinates: startSeconds }
      : { type: 'TimeInterval', coordinates: [startSeconds, endSeconds] }
  const top = topOf(annotation, sampleRateHz)
  return { type: 'BoundingBox', coordinates: [startSeconds, lowHz ?? 0, endSeconds, top] }
}

const toNotes = (id: string, note: string, createdOn: string): object[] =>
  note === '' ? [] : [{ uuid: nameId(`note ${id}`, namespace), message: note, created_on: createdOn, is_issue: false }]

const absentOf = (labels: ExportClip['labels']): string[] =>
  labels.filter(({ state }) => state === 'absent').map(({ className }) => className)

function tagAnnotation(registry: Registry, annotation: ExportAnnotation): number[] {
  const { labels, lowHz, highHz, tier, score } = annotation
  const own = (key: string, value: string): number => registry.tag(`${ownPrefix}${key}`, value)
  const isOpen = (lowHz === null) !== (highHz === null)
  return [
    ...presentOf(labels).map((name) => registry.tag('event', name)),
    ...absentOf(labels).map((name) => own('absent', name)),
    ...(tier === 'human' ? [] : [own('tier', tier)]),
    ...(score === null ? [] : [own('score', String(score))]),
    ...(isOpen ? [own('open', lowHz === null ? 'low' : 'high')] : []),
    ...Object.entries(toProvenanceRecord(annotation)).flatMap(([part, record]) =>
      Object.entries(record).map(([name, value]) => own(`${part}.${name}`, String(value))),
    ),
  ]
}

function tagClip(registry: Registry, clip: ExportClip): number[] {
  const own = (key: string, value: string): number => registry.tag(`${ownPrefix}${key}`, value)
  const { labels, fold, split, group, isFullyAnnotated, source } = clip
  return [
    ...presentOf(labels).map((name) => registry.tag('event', name)),
    ...absentOf(labels).map((name) => own('absent', name)),
    ...(fold === null ? [] : [own('fold', fold)]),
    ...(split === null ? [] : [own('split', split)]),
    ...(group === null ? [] : [own('group', group)]),
    ...(isFullyAnnotated ? [own('fully_annotated', 'true')] : []),
    ...Object.entries(source).map(([name, value]) => own(`meta.${name}`, value)),
  ]
}

/** The project's text, member by member: those that number tags and users come before the lists of them. */
function* writeProject({ clips, catalogName, query }: ExportManifest, createdOn: string): Generator<string> {
  const registry = new Registry()
  const recordingId = (name: string): string => nameId(`recording ${name}`, namespace)
  const eventId = (id: string): string => nameId(`sound event ${id}`, namespace)
  function* each<T>(make: (clip: ExportClip, name: string) => Iterable<T>): Generator<T> {
    for (const { clip, name } of withRecordingNames(clips)) yield* make(clip, name)
  }
  const members: Record<string, Iterable<unknown>> = {
    recordings: again(function* () {
      for (const own of groupByRecording(clips))
        yield {
          uuid: recordingId(own.name),
          path: own.name,
          duration: lengthOf(own),
          channels: own.channelCount ?? 1,
          samplerate: Math.round(own.sampleRateHz ?? usualSampleRateHz),
          time_expansion: 1,
          hash: own.clips[0]!.contentHash,
        }
    }),
    clips: each((clip, name) => [
      { uuid: clip.id, recording: recordingId(name), start_time: clip.startSeconds, end_time: clip.endSeconds },
    ]),
    sound_events: each((clip, name) =>
      clip.annotations.map((annotation) => ({
        uuid: eventId(annotation.id),
        recording: recordingId(name),
        geometry: toGeometry(annotation, clip.sampleRateHz ?? null),
      })),
    ),
    clip_annotations: each((clip) => [
      {
        uuid: nameId(`clip annotation ${clip.id}`, namespace),
        clip: clip.id,
        tags: tagClip(registry, clip),
        sound_events: clip.annotations.map(({ id }) => id),
        notes: toNotes(clip.id, clip.note, createdOn),
        created_on: createdOn,
      },
    ]),
    sound_event_annotations: each((clip) =>
      clip.annotations.map((annotation) => ({
        uuid: annotation.id,
        sound_event: eventId(annotation.id),
        tags: tagAnnotation(registry, annotation),
        notes: toNotes(annotation.id, annotation.note, createdOn),
        created_by: registry.user(annotation.author),
        created_on: createdOn,
      })),
    ),
    tasks: each((clip) => [
      { uuid: nameId(`task ${clip.id}`, namespace), clip: clip.id, created_on: createdOn, status_badges: [] },
    ]),
    users: registry.users,
    tags: registry.tags,
    // Whombat's program and its library call them differently.
    project_tags: again(() => registry.tags.map(({ id }) => id)[Symbol.iterator]()),
    annotation_tags: again(() => registry.tags.map(({ id }) => id)[Symbol.iterator]()),
  }
  const head = {
    uuid: nameId(`project ${catalogName}`, namespace),
    collection_type: 'annotation_project',
    name: catalogName,
    description: `Exported from Earmark${query === '' ? '' : `: ${query}`}`,
    created_on: createdOn,
  }
  yield `{"version":"1.1.0","created_on":${JSON.stringify(createdOn)},"data":${JSON.stringify(head).slice(0, -1)}`
  for (const [name, items] of Object.entries(members)) {
    yield `,\n"${name}":`
    yield* jsonArray(items)
  }
  yield '}}\n'
}

function plan(manifest: ExportManifest, { createdAt }: { createdAt: Date }): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  return {
    audio: [],
    places: placesByName(clips),
    finish: () => {
      const { unheard } = tally(groupByRecording(clips), { unheard: ({ sampleRateHz }) => sampleRateHz === null })
      return {
        files: again(() => joinPieces('annotation-project.json', writeProject(manifest, createdAt.toISOString()))),
        clips: clips.length,
        choices: [
          'Classes are tags with the key “event”; what AOEF has no place for, “absent” too, are tags with keys that begin with “earmark.”.',
          'An open bound is drawn from 0 or to half the sample rate, and named in a tag.',
          ...(unheard > 0
            ? [
                `${count(unheard, 'recording')} whose sound was never read: written as one channel at ${usualSampleRateHz} Hz, which the format asks for.`,
              ]
            : []),
          'Paths are relative to Whombat’s audio folder.',
        ],
        details: {},
      }
    },
  }
}

export const aoefExporter: Exporter = {
  id: 'aoef',
  name: 'Whombat AOEF',
  description: 'An annotation project that Whombat imports: recordings, clips, segments and boxes. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'aoef',
  losses: {},
  accept,
  plan,
}
