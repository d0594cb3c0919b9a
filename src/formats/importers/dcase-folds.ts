import type { ImportIssue } from '../../shared/job/worker-event'
import type { AudioIndex } from './audio-index'
import type { DatasetFolder } from './import-plan'
import { shorten } from './quote'
import { decodeText, readCsv } from './read-csv'
import { describeSpreadsheetDamage, guessDelimiter } from './read-table'

/** What the lists of `evaluation_setup/` say: folds and, in the lists with ground truth, scenes. */
export interface DcaseFolds {
  foldOf: Map<string, string>
  sceneOf: Map<string, { scene: string; file: string; row: number }>
  /** Whether there is any list. */
  found: boolean
  issues: ImportIssue[]
}

interface SetupList {
  path: string
  fold: number | null
  part: 'train' | 'test'
}

function setupLists(listing: readonly string[], base: string): SetupList[] {
  return listing.flatMap((path) => {
    if (!path.startsWith(base)) return []
    const match = /^evaluation_setup\/(?:fold(\d{1,3})_)?(train|test|evaluate)\.(?:txt|csv)$/i.exec(
      path.slice(base.length),
    )
    if (!match) return []
    const part = match[2]!.toLowerCase() === 'train' ? 'train' : 'test'
    return [{ path, fold: match[1] === undefined ? null : Number(match[1]), part } as const]
  })
}

/**
 * Reads `evaluation_setup/fold{n}_{train,test,evaluate}.txt`. With several folds a file's fold is the one
 * that tests it; with one (2018) it is `train` or `test`; `test.txt` and `evaluate.txt` without a number (the
 * evaluation sets) are `test`. A file that a fold both trains on and tests, or that two folds test, is an issue.
 * @throws AppError bad-file where a list is not text.
 */
export async function readDcaseFolds(folder: DatasetFolder, base: string, audio: AudioIndex): Promise<DcaseFolds> {
  const lists = setupLists(folder.listing, base)
  const several = new Set(lists.flatMap(({ fold }) => (fold === null ? [] : [fold]))).size > 1
  const result: DcaseFolds = { foldOf: new Map(), sceneOf: new Map(), found: lists.length > 0, issues: [] }
  const trained = new Set<string>()
  // Tests first: what a fold tests decides, what it trains on is then held against it.
  for (const list of [...lists].sort((a, b) => Number(a.part === 'train') - Number(b.part === 'train'))) {
    const { path, fold, part } = list
    const seen = new Set<string>()
    for (const { row, fields } of await readList(folder, path, result.issues)) {
      const sound = audio.find(fields[0]!)
      const complain = (reason: string): void =>
        void result.issues.push({ file: sound ?? `${base}${shorten(fields[0]!, 300)}`, row, reason })
      if (sound === null) {
        complain(`no such file, though ${path} names it`)
        continue
      }
      if (seen.has(sound)) complain(`${path} names it twice`)
      seen.add(sound)
      const scene = fields[1] ?? ''
      if (scene !== '' && !result.sceneOf.has(sound)) result.sceneOf.set(sound, { scene, file: path, row })
      const given = result.foldOf.get(sound)
      if (part === 'test') {
        const value = several && fold !== null ? String(fold) : 'test'
        if (given === undefined) result.foldOf.set(sound, value)
        else if (given !== value) complain(`${path} tests it, fold ${given} too: kept ${given}`)
      } else if (given === (several ? String(fold) : 'test')) {
        complain(`${path} trains on it, though the same fold tests it: kept as tested`)
      } else if (!several && given === undefined) result.foldOf.set(sound, 'train')
      trained.add(sound)
    }
  }
  for (const sound of trained) {
    if (!result.foldOf.has(sound))
      result.issues.push({ file: sound, row: null, reason: 'no fold tests this file: taken without a fold' })
  }
  return result
}

/** What divides a table without a header: tabs where it has one, since scenes and files may be named with commas. */
export function findDelimiter(text: string): string {
  return /[^\r\n]+/.exec(text)?.[0].includes('\t') ? '\t' : guessDelimiter(text, '\t')
}

async function readList(
  folder: DatasetFolder,
  path: string,
  issues: ImportIssue[],
): Promise<{ row: number; fields: string[] }[]> {
  const text = decodeText(await folder.readBytes(path), path)
  const { header, rows, unreadable } = readCsv(text, findDelimiter(text))
  issues.push(...unreadable.map(({ row, reason }) => ({ file: path, row, reason: `unreadable row: ${reason}` })))
  return [...(header ? [header] : []), ...rows].flatMap(({ row, fields }) => {
    const trimmed = fields.map((field) => field.trim())
    const damage = describeSpreadsheetDamage(trimmed)
    if (damage !== null) issues.push({ file: path, row, reason: damage })
    // Some releases have a header here and some have not.
    if (damage !== null || trimmed[0] === '' || (row === 1 && trimmed[0]!.toLowerCase() === 'filename')) return []
    return [{ row, fields: trimmed }]
  })
}
