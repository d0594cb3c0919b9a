/**
 * UrbanSound8K's layout (Salamon, Jacoby, Bello, ACM MM 2014): `audio/fold1…fold10/{fsID}-{classID}-{occurrence}-{slice}.wav`
 * and `metadata/UrbanSound8K.csv`. Each clip has one class and one of ten folds.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { classesOf, count, isWholeRecording, sortOut, type Exporter, type PlannedAudio } from './export-plan'
import { presentNames } from './plan-parts'
import { writeCsv } from './write-csv'

const columns = ['slice_file_name', 'fsID', 'start', 'end', 'salience', 'fold', 'classID', 'class']

function accept(clip: ExportClip): string | null {
  const present = presentNames(clip).length
  if (present === 0) return 'no class is present; UrbanSound8K gives each slice exactly one'
  if (present > 1) return 'several classes are present; UrbanSound8K gives each slice exactly one'
  return /^([1-9]|10)$/.test(clip.fold ?? '') ? null : 'the fold is none of 1 to 10; UrbanSound8K has these only'
}

/** A number for every group: its own where it is one, else the next after the highest. */
function numberGroups(clips: readonly ExportClip[], choices: string[]): (clip: ExportClip) => string {
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
    const { taken, skipped } = sortOut(manifest.clips, accept)
    const choices: string[] = []
    const groupOf = numberGroups(taken, choices)
    const codes = numberClasses(classesOf(manifest))
    const slices = new Map<string, number>()
    const rows = taken.map((clip) => {
      const className = presentNames(clip)[0]!
      const code = codes.get(className)!
      const group = groupOf(clip)
      const slice = slices.get(group) ?? 0
      slices.set(group, slice + 1)
      const name = `${group}-${code}-0-${slice}.wav`
      const isKept = manifest.options.sound !== 'convert' && isWholeRecording(clip)
      const audio: PlannedAudio = {
        clipId: clip.id,
        path: `audio/fold${clip.fold}/${name}`,
        from: clip.path,
        contentHash: clip.contentHash,
        isCopy: isKept && context.containerOf(clip.path) === 'wav',
        startSeconds: clip.startSeconds,
        endSeconds: clip.endSeconds,
      }
      const time = (own: string, seconds: number): string => clip.source[own] ?? String(Number(seconds.toFixed(6)))
      const fields = [
        name,
        group,
        time('start', clip.startSeconds),
        time('end', clip.endSeconds),
        clip.source['salience'] ?? '1',
        clip.fold!,
        String(code),
        className,
      ]
      return { clip, audio, fields }
    })
    return {
      audio: rows.map(({ audio }) => audio),
      skipped,
      finish(failed) {
        const left = rows.filter(({ clip }) => !failed.has(clip.id))
        const without = left.filter(({ clip }) => clip.source['salience'] === undefined).length
        return {
          files: [
            { path: 'metadata/UrbanSound8K.csv', content: writeCsv([columns, ...left.map(({ fields }) => fields)]) },
          ],
          clips: left.length,
          choices: [
            ...choices,
            ...(without > 0 ? [`Without a salience, so written as foreground (1): ${count(without, 'clip')}.`] : []),
          ],
          details: { classIDs: Object.fromEntries(codes) },
        }
      },
    }
  },
}
