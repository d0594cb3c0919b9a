/**
 * NeMo's manifest (docs.nvidia.com/nemo-framework, ASR datasets): JSON lines of `audio_filepath`, `offset`, `duration`
 * and `label` or `text`. Sound goes with it or stays where it is. Fields beyond those carry what would be lost.
 */
import type { ExportClip } from '../../shared/job/manifest'
import { toClipRecord } from '../clip-record'
import { planSounds } from './clip-sound'
import { again, type Exporter } from './export-plan'
import { durationOf, inPieces } from './plan-parts'

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
    const isReference = manifest.options.sound === 'reference'
    const audio = isReference
      ? []
      : planSounds(manifest, context, { folder: 'audio/', usualTemplate: '{recording}_{start}' })
    function* rows(): Generator<{ clip: ExportClip; path: string; startSeconds: number }> {
      if (isReference)
        for (const clip of manifest.clips) yield { clip, path: clip.path, startSeconds: clip.startSeconds }
      for (const { clip, path } of audio) yield { clip, path, startSeconds: 0 }
    }
    return {
      audio,
      places: again(function* () {
        for (const { clip, path, startSeconds } of rows()) {
          const endSeconds = isReference ? clip.endSeconds : null
          yield { clip, place: { path: path.replace(/^\/+/, ''), startSeconds, endSeconds } }
        }
      }),
      finish(failed) {
        function* lines(): Generator<string> {
          for (const { clip, path, startSeconds } of rows()) {
            if (failed.has(clip.id)) continue
            const { label, ...record } = toClipRecord(clip, startSeconds)
            yield JSON.stringify({
              audio_filepath: path,
              ...(isReference ? { offset: startSeconds } : {}),
              duration: durationOf(clip),
              ...(label === null ? {} : { label }),
              ...record,
            })
          }
        }
        return {
          files: again(() => inPieces('manifest.json', lines())),
          clips: manifest.clips.length - failed.size,
          choices: [],
          details: {},
        }
      },
    }
  },
}
