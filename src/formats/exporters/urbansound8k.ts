/**
 * UrbanSound8K's layout (Salamon, Jacoby, Bello, ACM MM 2014): `audio/fold1…fold10/{fsID}-{classID}-{occurrence}-{slice}.wav`
 * and `metadata/UrbanSound8K.csv`. Each clip has one class and one of ten folds.
 */
import type { ClipList, ExportClip } from '../../shared/job/manifest'
import { copiedContainer } from './clip-sound'
import { again, classesOf, count, tally, without, type Exporter, type PlannedAudio } from './export-plan'
import { inPieces, presentNames } from './plan-parts'
import { csvLine } from './write-csv'

const columns = ['slice_file_name', 'fsID', 'start', 'end', 'salience', 'fold', 'classID', 'class']

function accept(clip: ExportClip): string | null {
  const present = presentNames(clip).length
  if (present === 0) return 'no class is present; UrbanSound8K gives each slice exactly one'
  if (present > 1) return 'several classes are present; UrbanSound8K gives each slice exactly one'
  return /^([1-9]|10)$/.test(clip.fold ?? '') ? null : 'the fold is none of 1 to 10; UrbanSound8K has these only'
}

/** A number for every group: its own where it is one, else the next after the highest. */
function numberGroups(clips: ClipList, choices: string[]): (clip: ExportClip) => string {
  const groupOf = (clip: ExportClip): string => clip.group ?? `recording ${clip.path}`
  const numbers = new Map<string, string>()
  let next = 1
  for (const clip of clips) {
    const group = groupOf(clip)
    if (!/^[1-9]\d{0,14}$/.test(group)) continue
    numbers.set(group, group)
    next = Math.max(next, Number(group) + 1)
  }
  let renamed = 0
  for (const clip of clips) {
    const group = groupOf(clip)
    if (numbers.has(group)) continue
    numbers.set(group, String(next++))
    renamed++
  }
  if (renamed > 0) choices.push(`Without a number for a group, so given one as fsID: ${count(renamed, 'group')}.`)
  return (clip) => numbers.get(groupOf(clip))!
}

function numberClasses(classes: readonly { name: string; code: number | null }[]): Map<string, number> {
  const codes = new Map<string, number>()
  const given = new Set<number>()
  for (const { name, code } of classes)
    if (code !== null && !given.has(code)) {
      codes.set(name, code)
      given.add(code)
    }
  let next = Math.max(-1, ...given) + 1
  for (const { name } of classes) if (!codes.has(name)) codes.set(name, next++)
  return codes
}

export const urbansound8kExporter: Exporter = {
  id: 'urbansound8k',
  name: 'UrbanSound8K',
  description: 'audio/fold1…fold10 and metadata/UrbanSound8K.csv: one class and one of ten folds per clip, as WAV.',
  holdsAudio: true,
  family: 'Benchmarks',
  importer: 'urbansound8k',
  losses: {
    absent: 'UrbanSound8K says only which class is present',
    exhaustive: 'UrbanSound8K says only which class is present',
    segments: 'UrbanSound8K labels whole slices',
    split: 'UrbanSound8K has folds only',
    note: 'UrbanSound8K has no notes',
    metadata: 'UrbanSound8K has its own columns only, and its licence',
    group: (clip) => (/^[1-9]\d{0,14}$/.test(clip.group ?? '') ? null : 'UrbanSound8K groups by a number'),
  },
  accept,
  plan(manifest, context) {
    const { clips, options } = manifest
    const choices: string[] = []
    const groupOf = numberGroups(clips, choices)
    const codes = numberClasses(classesOf(manifest))
    function* slices(): Generator<PlannedAudio & { name: string; group: string; code: number; className: string }> {
      const counts = new Map<string, number>()
      for (const clip of clips) {
        const className = presentNames(clip)[0]!
        const code = codes.get(className)!
        const group = groupOf(clip)
        const slice = counts.get(group) ?? 0
        counts.set(group, slice + 1)
        const name = `${group}-${code}-0-${slice}.wav`
        const isCopy = copiedContainer(clip, options, context) === 'wav'
        yield { clip, path: `audio/fold${clip.fold}/${name}`, isCopy, name, group, code, className }
      }
    }
    function* lines(failed: ReadonlySet<string>): Generator<string> {
      yield csvLine(columns)
      for (const { clip, name, group, code, className } of slices()) {
        if (failed.has(clip.id)) continue
        const { source, startSeconds, endSeconds } = clip
        const time = (own: string, seconds: number): string => source[own] ?? String(Number(seconds.toFixed(6)))
        yield csvLine([
          ...[name, group, time('start', startSeconds), time('end', endSeconds), source['salience'] ?? '1'],
          ...[clip.fold!, String(code), className],
        ])
      }
    }
    return {
      audio: again(slices),
      finish(failed) {
        const { unsaid } = tally(without(clips, failed), { unsaid: ({ source }) => source['salience'] === undefined })
        return {
          files: again(() => inPieces('metadata/UrbanSound8K.csv', lines(failed))),
          clips: clips.length - failed.size,
          choices: [
            ...choices,
            ...(unsaid > 0 ? [`Without a salience, so written as foreground (1): ${count(unsaid, 'clip')}.`] : []),
          ],
          details: { classIDs: Object.fromEntries(codes) },
        }
      },
    }
  },
}
