import type { ClassDraft } from '../../shared/job/worker-event'
import type { Importer, PlannedRecording } from './import-plan'
import { isHidden, isSoundFile } from './sound-file'

/** Split names that stand for a fold when every first-level folder carries one. */
const splitNames = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
])

/** `fold1`, `fold_2`, `Fold 03` → '1', '2', '3'; `train` → 'train'; anything else → null. */
function foldOfFolder(name: string): string | null {
  const numbered = /^fold[ _-]?0*([1-9]\d*)$/i.exec(name)
  return numbered?.[1] ?? splitNames.get(name.toLowerCase()) ?? null
}

function soundFiles(listing: readonly string[]): string[] {
  return listing.filter((path) => isSoundFile(path) && !isHidden(path))
}

/** Whether the first-level folders are splits rather than classes: all of them, or none. */
function areFolds(firstLevels: Set<string>): boolean {
  return firstLevels.size > 0 && [...firstLevels].every((name) => foldOfFolder(name) !== null)
}

function firstLevelsOf(paths: readonly string[]): Set<string> {
  return new Set(paths.filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))))
}

/**
 * A folder of sound files. Files in a folder carry its first-level name as their class, however deep they lie;
 * files at the top carry no label. Where every first-level folder is a split (`fold1` … `foldN`, `train`,
 * `validation`, `test`), it becomes the fold and the second level the class.
 */
export const folderImporter: Importer = {
  id: 'folder',
  name: 'Folder of sound files',
  description: 'One folder per class, or just files. fold1…foldN or train/validation/test above them become folds.',

  detect(listing) {
    const sounds = soundFiles(listing)
    if (sounds.length === 0) return null
    const levels = firstLevelsOf(sounds)
    const files = `${sounds.length} sound file${sounds.length === 1 ? '' : 's'}`
    if (levels.size === 0) return { confidence: 0.2, audioFiles: sounds.length, summary: `${files}, no class folders` }
    const kind = areFolds(levels) ? 'fold' : 'class'
    return {
      confidence: levels.size > 1 ? 0.5 : 0.3,
      audioFiles: sounds.length,
      summary: `${files} in ${levels.size} ${kind} folder${levels.size === 1 ? '' : 's'}`,
    }
  },

  read({ listing }) {
    const sounds = soundFiles(listing)
    const hasFolds = areFolds(firstLevelsOf(sounds))
    const classes = new Map<string, ClassDraft>()
    const recordings: PlannedRecording[] = sounds.map((path) => {
      const folders = path.split('/').slice(0, -1)
      const fold = hasFolds && folders[0] !== undefined ? foldOfFolder(folders[0]) : null
      // macOS hands out decomposed names; the same class may come from two systems.
      const className = folders[hasFolds ? 1 : 0]?.normalize('NFC')
      if (className !== undefined && !classes.has(className)) {
        classes.set(className, { name: className, code: null, mid: null })
      }
      return {
        path,
        row: null,
        clips: [
          {
            startSeconds: 0,
            endSeconds: null,
            fold,
            group: null,
            labels: className === undefined ? [] : [{ className, state: 'present' }],
            source: {},
          },
        ],
      }
    })
    return Promise.resolve({
      classes: [...classes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      recordings,
      issues: [],
      skipped: listing.length - sounds.length,
    })
  },
}
