/** What formats of numbers for training share: shards, and labels as a vector over the classes. */
import type { ClipList, ExportClip, ExportManifest } from '../../shared/job/manifest'
import { again, classesOf, type ExportPlan } from './export-plan'
import { durationOf, withKeys } from './plan-parts'

export const shardClips = 1000

export function planPacked(
  clips: ClipList,
  as: 'samples' | 'features',
  pathOf: (index: number) => string,
): Pick<Required<ExportPlan>, 'audio' | 'places'> {
  return {
    audio: again(function* () {
      for (const { clip, key, index } of withKeys(clips)) yield { clip, key, path: pathOf(index), isCopy: false, as }
    }),
    places: again(function* () {
      for (const { clip, key } of withKeys(clips))
        yield { clip, place: { path: key, startSeconds: 0, endSeconds: durationOf(clip) } }
    }),
  }
}

/** 1 present, 0 absent, and not a number where it is unknown, unless that is to be written as absent. */
export function makeTargets(manifest: ExportManifest): {
  names: string[]
  targetsOf: (clip: ExportClip) => Float32Array
  choice: string
} {
  const names = classesOf(manifest).map(({ name }) => name)
  const places = new Map(names.map((name, place) => [name, place]))
  const unknown = manifest.options.unknown === 'absent' ? 0 : NaN
  return {
    names,
    targetsOf(clip) {
      const targets = new Float32Array(names.length).fill(clip.isFullyAnnotated ? 0 : unknown)
      for (const { className, state } of clip.labels) targets[places.get(className)!] = state === 'present' ? 1 : 0
      return targets
    },
    choice: {
      absent: 'In “targets”, unknown is written as absent (0), as was asked for.',
      keep: 'In “targets”, unknown is “not a number”: leave those places out of the loss.',
      'leave-out': 'In “targets”, nothing is unknown: clips that are not fully annotated are left out.',
    }[manifest.options.unknown],
  }
}
