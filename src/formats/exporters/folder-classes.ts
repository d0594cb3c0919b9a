/** A folder per class, folds or splits above them where every clip has one: what most tutorials and loaders read. */
import type { ExportClip } from '../../shared/job/manifest'
import { planSounds } from './clip-sound'
import { sortOut, type Exporter } from './export-plan'
import { toSafeName } from './name-template'
import { presentNames } from './plan-parts'

function accept(clip: ExportClip): string | null {
  const present = presentNames(clip).length
  if (present === 0) return 'no class is present; each file lies in the folder of its class'
  return present > 1 ? 'several classes are present; each file lies in the folder of its class' : null
}

/** The folder above the classes: folds, else splits, else none. */
function chooseUpper(clips: readonly ExportClip[]): (clip: ExportClip) => string {
  if (clips.every(({ fold }) => fold !== null && /^[1-9]\d{0,3}$/.test(fold))) return ({ fold }) => `fold${fold}/`
  const isSplit = (name: string | null): boolean => name !== null && /^(train|validation|test)$/.test(name)
  if (clips.every(({ fold }) => isSplit(fold))) return ({ fold }) => `${fold}/`
  return () => ''
}

export const folderClassesExporter: Exporter = {
  id: 'folder',
  name: 'Folder per class',
  description: 'class/file.wav, below fold1… or train, validation and test where every clip has a fold.',
  holdsAudio: true,
  takesNames: true,
  family: 'General',
  importer: 'folder',
  losses: {
    labels: (clip) =>
      presentNames(clip).every((name) => toSafeName(name) === name.normalize('NFC'))
        ? null
        : 'file systems refuse some signs in names',
    absent: 'a folder says only which class is present',
    exhaustive: 'a folder says only which class is present',
    segments: 'a folder labels whole files',
    fold: 'folders above the classes hold folds only where every clip has one',
    split: 'folders above the classes hold folds',
    group: 'folders have no groups',
    note: 'folders have no notes',
    metadata: 'folders have no metadata',
  },
  accept,
  plan(manifest, context) {
    const { taken, skipped } = sortOut(manifest.clips, accept)
    const upper = chooseUpper(taken)
    const audio = planSounds(manifest, context, taken, {
      folder: (clip) => `${upper(clip)}${toSafeName(presentNames(clip)[0]!)}/`,
      usualTemplate: '{recording}_{start}',
    })
    return {
      audio,
      skipped,
      finish: (failed) => ({ files: [], clips: taken.length - failed.size, choices: [], details: {} }),
    }
  },
}
