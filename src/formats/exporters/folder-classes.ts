/** A folder per class, folds or splits above them where every clip has one: what most tutorials and loaders read. */
import type { ClipList, ExportClip } from '../../shared/job/manifest'
import { planSounds } from './clip-sound'
import { tally, type Exporter } from './export-plan'
import { toSafeName } from './name-template'
import { presentNames } from './plan-parts'

function accept(clip: ExportClip): string | null {
  const present = presentNames(clip).length
  if (present === 0) return 'no class is present; each file lies in the folder of its class'
  return present > 1 ? 'several classes are present; each file lies in the folder of its class' : null
}

/** The folder above the classes: folds, else splits, else none. */
function chooseUpper(clips: ClipList): (clip: ExportClip) => string {
  const { numbered, split } = tally(clips, {
    numbered: ({ fold }) => fold !== null && /^[1-9]\d{0,3}$/.test(fold),
    split: ({ fold }) => fold !== null && /^(train|validation|test)$/.test(fold),
  })
  if (numbered === clips.length) return ({ fold }) => `fold${fold}/`
  return split === clips.length ? ({ fold }) => `${fold}/` : () => ''
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
    const upper = chooseUpper(manifest.clips)
    return {
      audio: planSounds(manifest, context, {
        folder: (clip) => `${upper(clip)}${toSafeName(presentNames(clip)[0]!)}/`,
        usualTemplate: '{recording}_{start}',
      }),
      finish: (failed) => ({ files: [], clips: manifest.clips.length - failed.size, choices: [], details: {} }),
    }
  },
}
