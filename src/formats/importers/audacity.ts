/**
 * Audacity's label tracks (manual, “Importing and Exporting Labels”): `start TAB end TAB text`, one label a line; a label
 * with a spectral selection has a second line, a backslash with the lower and upper frequency, of which a negative one is
 * open. Equal times are a point. Audacity 1.2 wrote `start TAB text`. One file lies beside each recording.
 */
import { AppError } from '../../shared/errors'
import { AnnotatedRecordings, type SegmentDraft } from './annotated-recordings'
import type { Importer } from './import-plan'
import { readEach } from './read-each'
import { readDecimal } from './read-number'
import { fileNameOf, isHidden, isSoundFile } from './sound-file'
import { SoundFinder, stemOf } from './sound-finder'

const notLabels =
  /^(credits|readme|licen[cs]e|meta|error)\b|\.selections\.txt$|\.listfile\.txt$|_(train|test|evaluate|list)\.txt$/i

const isLabelFile = (path: string): boolean =>
  /\.txt$/i.test(path) && !isHidden(path) && !notLabels.test(fileNameOf(path))

interface LabelRow {
  row: number
  segment: SegmentDraft
  text: string
}

/** A label's line; divided by tabs, or by spaces as other programs write them. */
function readLabel(line: string): { startSeconds: number; endSeconds: number; text: string } | null {
  const [from = '', to, ...rest] = line.includes('\t')
    ? line.split('\t')
    : (/^\s*(\S+)\s+(\S+)(?:\s+(.*))?$/s
        .exec(line)
        ?.slice(1)
        .map((part) => part ?? '') ?? [line])
  const startSeconds = readDecimal(from)
  if (startSeconds === null || to === undefined) return null
  const endSeconds = readDecimal(to)
  return endSeconds === null
    ? { startSeconds, endSeconds: startSeconds, text: [to, ...rest].join(' ') }
    : { startSeconds, endSeconds, text: rest.join(' ') }
}

/** Labels of a file and the lines that are none. */
function readLabels(text: string): { labels: LabelRow[]; strays: { row: number; reason: string }[] } {
  const labels: LabelRow[] = []
  const strays: { row: number; reason: string }[] = []
  let last: LabelRow | null = null
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const row = index + 1
    if (line.trim() === '') continue
    if (line.startsWith('\\')) {
      const bounds = line.slice(1).trim().split(/\s+/).map(readDecimal)
      const [low, high] = bounds
      if (!last || bounds.length !== 2 || low == null || high == null)
        strays.push({ row, reason: 'unreadable row: frequencies without a label before them, or no two numbers' })
      else last.segment = { ...last.segment, lowHz: low < 0 ? null : low, highHz: high < 0 ? null : high }
      last = null
      continue
    }
    const label = readLabel(line)
    if (label) labels.push((last = { row, segment: label, text: label.text }))
    else {
      last = null
      strays.push({ row, reason: 'unreadable row: this is no label with its times' })
    }
  }
  return { labels, strays }
}

export const audacityImporter: Importer = {
  id: 'audacity',
  name: 'Audacity labels',
  description: 'Label tracks beside their recordings (song.txt beside song.wav): segments, points and boxes.',

  detect(listing) {
    const files = listing.filter(isLabelFile)
    if (files.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    const sounds = new SoundFinder(listing)
    const paired = files.filter((path) => sounds.findBeside(path, stemOf(fileNameOf(path))) !== null).length
    if (paired === 0 && audioFiles > 0) return null
    return {
      confidence: paired > 0 ? 0.6 : 0.15,
      audioFiles: paired,
      summary: `${files.length} label file${files.length === 1 ? '' : 's'}, ${paired} beside their sound`,
    }
  },

  content: { files: (listing) => listing.filter(isLabelFile), recognises: (head) => looksLikeLabels(head) },

  async read(folder) {
    const paths = folder.listing.filter(isLabelFile)
    if (paths.length === 0)
      throw new AppError('unsupported-format', 'No text file can be a label track.', {
        hint: 'Audacity exports labels as .txt; choose the folder that holds them.',
      })
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const { labels, strays } = readLabels(text)
      const complain = (row: number, reason: string): void => void gathered.issues.push({ file: path, row, reason })
      if (labels.length === 0 && strays.length > 0)
        throw new AppError('bad-file', `${path} is no label track: no line of it has a label with its times.`)
      for (const { row, reason } of strays) complain(row, reason)
      const recording = gathered.beside(path, stemOf(fileNameOf(path)))
      const clip = gathered.wholeClip(recording)
      for (const { row, segment, text: className } of labels)
        gathered.addSegment(clip, segment, [{ className, state: 'present' }], { file: path, row })
    })
    return gathered.finish()
  },
}

/** Whether the first lines are labels. */
function looksLikeLabels(head: string): boolean {
  const lines = head.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '')
  // The last may be cut.
  const whole = lines.length > 1 ? lines.slice(0, Math.min(20, lines.length - 1)) : lines
  return whole.length > 0 && whole.every((line) => line.startsWith('\\') || readLabel(line) !== null)
}
