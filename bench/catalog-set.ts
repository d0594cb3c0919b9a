import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../src/dsp/random'

const idSigns = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Writes a list of AudioSet segments as long as `unbalanced_train` and `balanced_train` and `eval` together: ids made up
 * from a seed and sorted, as the real lists are; start, end and labels of each drawn from the 42,531 real rows of
 * balanced_train and eval. Beside it the real `class_labels_indices.csv`, and the same rows as a plain CSV without the
 * blanks after commas, which the sqlite3 shell cannot read.
 */
export function writeSegments(real: string, folder: string, plain: string, count: number): { labels: number } {
  const rows: { span: string; list: string; labels: number }[] = []
  for (const name of ['balanced_train_segments.csv', 'eval_segments.csv'])
    for (const line of readFileSync(join(real, name), 'utf8').split('\n')) {
      const match = /^[^#,]+, ([\d.]+), ([\d.]+), (".*")$/.exec(line)
      if (match) rows.push({ span: `${match[1]}, ${match[2]}`, list: match[3]!, labels: match[3]!.split(',').length })
    }
  const random = new Random(1, 'segments')
  const ids = new Set<string>()
  while (ids.size < count) {
    let id = ''
    for (let sign = 0; sign < 11; sign++) id += idSigns[random.integer(64)]
    ids.add(id)
  }
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(real, 'class_labels_indices.csv'), join(folder, 'class_labels_indices.csv'))
  const list = openSync(join(folder, 'unbalanced_train_segments.csv'), 'w')
  const table = openSync(plain, 'w')
  writeSync(
    list,
    `# Segments csv made for a benchmark\n# num_segs=${count}\n# YTID, start_seconds, end_seconds, positive_labels\n`,
  )
  let labels = 0
  let lines: string[] = []
  const flush = (): void => {
    writeSync(list, lines.join(''))
    writeSync(table, lines.join('').replaceAll(', ', ','))
    lines = []
  }
  for (const id of [...ids].sort()) {
    const row = rows[random.integer(rows.length)]!
    labels += row.labels
    lines.push(`${id}, ${row.span}, ${row.list}\n`)
    if (lines.length >= 50_000) flush()
  }
  flush()
  closeSync(list)
  closeSync(table)
  return { labels }
}
