/** Praat TextGrids, one beside each recording: every interval with text is a segment, every point a short one. */
import { AppError } from '../../shared/errors'
import { tierOfLayer, unlabeledText } from '../textgrid-names'
import { AnnotatedRecordings } from './annotated-recordings'
import type { Importer } from './import-plan'
import { readEach } from './read-each'
import { fileNameOf, isHidden } from './sound-file'
import { SoundFinder, stemOf } from './sound-finder'
import { parseTextGrid } from './textgrid-text'

const isTextGrid = (path: string): boolean => /\.textgrid$/i.test(path) && !isHidden(path)

export const textgridImporter: Importer = {
  id: 'textgrid',
  name: 'Praat TextGrid',
  description: 'TextGrids beside their recordings, long or short: intervals and points of every tier.',

  detect(listing) {
    const files = listing.filter(isTextGrid)
    if (files.length === 0) return null
    const sounds = new SoundFinder(listing)
    const paired = files.filter((path) => sounds.findBeside(path, stemOf(fileNameOf(path))) !== null).length
    return {
      confidence: 0.9,
      audioFiles: paired,
      summary: `${files.length} TextGrid${files.length === 1 ? '' : 's'}, ${paired} beside their sound`,
    }
  },

  async read(folder) {
    const paths = folder.listing.filter(isTextGrid)
    if (paths.length === 0) throw new AppError('unsupported-format', 'No file is called ….TextGrid, as Praat’s are.')
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const { endSeconds, tiers } = parseTextGrid(text, path)
      const recording = gathered.beside(path, stemOf(fileNameOf(path)))
      recording.seconds = endSeconds
      const clip = gathered.wholeClip(recording)
      for (const { name, spans } of tiers)
        for (const { text: written, ...span } of spans) {
          const className = written.trim()
          if (className === '') continue
          const labels = className === unlabeledText ? [] : [{ className, state: 'present' as const }]
          gathered.addSegment(clip, { ...span, tier: tierOfLayer(name) }, labels, { file: path, row: null })
        }
    })
    return gathered.finish()
  },
}
