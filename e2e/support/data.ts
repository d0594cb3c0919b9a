import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const projectFolder = resolve(import.meta.dirname, '../..')

/** The real recordings, kept beside the project and never in it. */
const testData = process.env.EARMARK_TEST_DATA ?? resolve(projectFolder, '../shared/data')

/** ESC-10 folds 1 to 4 in the ESC-50 layout, or null where the machine does not have it. */
export const esc10Folder = existsSync(join(testData, 'esc10/meta/esc10.csv')) ? join(testData, 'esc10') : null

export const noEsc10 = `ESC-10 is not at ${join(testData, 'esc10')} (set EARMARK_TEST_DATA)`

/** Free Spoken Digit Dataset: the folder with `recordings/`, or null. */
export const fsddFolder = existsSync(join(testData, 'fsdd/recordings')) ? join(testData, 'fsdd') : null

export const noFsdd = `FSDD is not at ${join(testData, 'fsdd')} (set EARMARK_TEST_DATA)`

/** AudioSet's lists of segments and its ontology, without sound, or null. */
export const audiosetFolder = existsSync(join(testData, 'audioset/ontology.json')) ? join(testData, 'audioset') : null

export const noAudioset = `AudioSet's lists are not at ${join(testData, 'audioset')} (set EARMARK_TEST_DATA)`

/** A fresh folder under e2e/.work, which git ignores. */
export function makeFolder(name: string): string {
  const work = join(projectFolder, 'e2e/.work')
  mkdirSync(work, { recursive: true })
  return mkdtempSync(join(work, `${name}-`))
}
