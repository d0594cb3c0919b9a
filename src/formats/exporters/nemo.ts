/**
 * NeMo's manifest (docs.nvidia.com/nemo-framework, ASR datasets): JSON lines of `audio_filepath`, `offset`, `duration`
 * and `label` or `text`. Sound goes with it or stays where it is. Fields beyond those carry what would be lost.
 */
import { toClipRecord } from '../clip-record'
import { planSounds } from './clip-sound'
import { sortOut, type Exporter } from './export-plan'
import { inPieces } from './plan-parts'

export const nemoExporter: Exporter = {
  id: 'nemo',
  name: 'NeMo manifest',
  description: 'manifest.json with one JSON object a line: file, offset, duration, label; sound with it or referenced.',
  holdsAudio: true,
  isSoundOptional: true,
  takesNames: true,
  family: 'Machine learning',
  importer: 'nemo',
  losses: {},
  accept: () => null,
  plan(manifest, context) {
    const { taken, skipped } = sortOut(manifest.clips, () => null)
    const isReference = manifest.options.sound === 'reference'
    const audio = isReference
      ? []
      : planSounds(manifest, context, taken, { folder: 'audio/', usualTemplate: '{recording}_{start}' })
    const rows = taken.map((clip, index) => ({
      clip,
      path: isReference ? clip.path : audio[index]!.path,
      startSeconds: isReference ? clip.startSeconds : 0,
    }))
    const rowOfId = new Map(rows.map((row) => [row.clip.id, row]))
    return {
      audio,
      skipped,
      placeOf: (clip) => {
        const { path, startSeconds } = rowOfId.get(clip.id)!
        const endSeconds = isReference ? clip.endSeconds : null
        return { path: path.replace(/^\/+/, ''), startSeconds, endSeconds }
      },
      finish(failed) {
        const left = rows.filter(({ clip }) => !failed.has(clip.id))
        function* lines(): Generator<string> {
          for (const { clip, path, startSeconds } of left) {
            const { label, ...record } = toClipRecord(clip, startSeconds)
            yield JSON.stringify({
              audio_filepath: path,
              ...(isReference ? { offset: startSeconds } : {}),
              duration: Number((clip.endSeconds - clip.startSeconds).toFixed(6)),
              ...(label === null ? {} : { label }),
              ...record,
            })
          }
        }
        return { files: inPieces('manifest.json', lines()), clips: left.length, choices: [], details: {} }
      },
    }
  },
}
