import { type ColumnRole, columnRoles, type TableReading } from '../../shared/job/table-columns'

/** Names that columns go by, without case, spaces and signs. What comes first is preferred. */
const synonyms: Record<ColumnRole, string[]> = {
  file: [
    'file',
    'filename',
    'filepath',
    'path',
    'audio',
    'audiofile',
    'audiofilepath',
    'recording',
    'beginpath',
    'beginfile',
    'wav',
    'fname',
  ],
  start: [
    'start',
    'starttime',
    'startseconds',
    'starts',
    'onset',
    'onsets',
    'begin',
    'begintime',
    'begintimes',
    'tmin',
    'from',
  ],
  end: ['end', 'endtime', 'endseconds', 'ends', 'offset', 'offsets', 'stop', 'stoptime', 'endtimes', 'tmax', 'to'],
  duration: ['duration', 'durationseconds', 'length', 'dur'],
  label: [
    'label',
    'labels',
    'class',
    'classname',
    'category',
    'eventlabel',
    'eventlabels',
    'annotation',
    'species',
    'commonname',
    'scientificname',
    'tag',
    'tags',
    'sound',
    'text',
  ],
  state: ['state', 'presence'],
  low: ['lowhz', 'lowfreq', 'lowfreqhz', 'freqlow', 'fmin', 'minfreq', 'lowfrequency', 'lowf'],
  high: ['highhz', 'highfreq', 'highfreqhz', 'freqhigh', 'fmax', 'maxfreq', 'highfrequency', 'highf'],
  score: ['score', 'confidence', 'probability'],
  tier: ['tier', 'layer', 'track'],
  author: ['author', 'annotator', 'user'],
  note: ['note', 'notes', 'comment', 'comments'],
  fold: ['fold'],
  split: ['split', 'subset', 'partition'],
  group: ['group', 'source'],
  complete: ['fullyannotated'],
  kind: ['kind'],
  id: ['id', 'uuid', 'annotationid'],
}

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** What the columns of a header tell, as far as their names say so. */
export function guessColumns(header: readonly string[]): TableReading['columns'] {
  const byName = new Map<string, string>()
  for (const name of header) if (!byName.has(plain(name))) byName.set(plain(name), name)
  const columns: TableReading['columns'] = {}
  for (const role of columnRoles) {
    const found = synonyms[role].find((name) => byName.has(name))
    if (found !== undefined) columns[role] = byName.get(found)!
  }
  return columns
}

/** Whether a table can be read by these columns: it names sounds or times, and classes or times. */
export function isReadable(columns: TableReading['columns']): boolean {
  return columns.start !== undefined || (columns.file !== undefined && columns.label !== undefined)
}
