/**
 * CVAT's Generic TSV 1.0 for audio (docs.cvat.ai, “Generic TSV”): `id filename start stop label source score` and a column
 * for each attribute, divided by tabs; times as HH:MM:SS.fraction. Only start, stop and label must be there.
 */
import { AppError } from '../../shared/errors'
import type { TableReading } from '../../shared/job/table-columns'
import { AnnotatedRecordings } from './annotated-recordings'
import { readAnnotationRows } from './annotation-rows'
import type { Importer } from './import-plan'
import { readEach } from './read-each'
import { parseTable } from './read-table'
import { isHidden, isSoundFile } from './sound-file'

const isTsv = (path: string): boolean => /\.tsv$/i.test(path) && !isHidden(path)

const reading: TableReading = {
  columns: {
    file: 'filename',
    start: 'start',
    end: 'stop',
    label: 'label',
    score: 'score',
    // Attributes of Earmark's own.
    low: 'low_hz',
    high: 'high_hz',
    state: 'state',
    tier: 'tier',
    author: 'author',
    note: 'note',
    id: 'annotation_id',
  },
  labelSeparator: null,
  timeUnit: 's',
}

export const cvatImporter: Importer = {
  id: 'cvat',
  name: 'CVAT TSV',
  description: 'CVAT’s Generic TSV of audio jobs: intervals with labels, sources and scores.',

  detect(listing) {
    const files = listing.filter(isTsv)
    if (files.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.05, audioFiles, summary: `CVAT’s intervals in ${files.length} tables` }
  },

  content: {
    files: (listing) => listing.filter(isTsv),
    recognises(head) {
      const header = (/[^\r\n]+/.exec(head)?.[0] ?? '')
        .toLowerCase()
        .replace(/^\ufeff/, '')
        .split('\t')
      return ['start', 'stop', 'label'].every((name) => header.includes(name))
    },
  },

  async read(folder) {
    const paths = folder.listing.filter(isTsv)
    if (paths.length === 0) throw new AppError('unsupported-format', 'There is no file that ends in .tsv.')
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const table = parseTable(text, path, ['start', 'stop', 'label'])
      gathered.issues.push(...table.issues)
      // What a model has found is told apart from what people drew.
      const rows = table.rows.map(({ row, value }) => ({
        row,
        value: { ...value, tier: value['tier'] || (value['source'] === 'auto' ? 'model' : '') },
      }))
      const header = table.header.includes('tier') ? table.header : [...table.header, 'tier']
      readAnnotationRows({ ...table, header, rows }, reading, gathered)
    })
    return gathered.finish()
  },
}
