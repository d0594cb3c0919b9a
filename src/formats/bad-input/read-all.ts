import { toDrafts } from '../../shared/job/named-drafts'
import type { ClassDraft, ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import { findImporter } from '../importers/importer'
import { type Dataset, folderOf, withFile } from '../testing/fuzz/dataset'

/** All that an importer makes of a dataset. */
export interface Read {
  classes: ClassDraft[]
  /** Recordings by path, those without sound among them. */
  recordings: Record<string, ClipDraft[]>
  /** Who used what how often, and in which row that stands. */
  interactions?: [user: string, item: string, count: number, line: number][]
  issues: ImportIssue[]
}

/** @throws AppError where the importer refuses the dataset */
export async function readAll(format: string, dataset: Dataset): Promise<Read> {
  const plan = await findImporter(format).read(folderOf(dataset), dataset.options)
  const read: Read = { classes: plan.classes, recordings: {}, issues: [...plan.issues] }
  const add = (recordings: readonly { path: string; clips: ClipDraft[] }[]): void => {
    for (const { path, clips } of recordings) read.recordings[path] = [...(read.recordings[path] ?? []), ...clips]
  }
  add(plan.recordings)
  add(plan.withoutSound ?? [])
  for await (const { rows, planned, issues } of plan.named ?? []) {
    add(toDrafts(rows))
    add(planned)
    read.issues.push(...issues)
  }
  for await (const { rows, issues } of plan.interactions ?? []) {
    const [users, items] = [rows.users.split('\n'), rows.items.split('\n')]
    read.interactions ??= []
    rows.counts.forEach((count, row) =>
      read.interactions!.push([users[rows.userPlaces[row]!]!, items[rows.itemPlaces[row]!]!, count, rows.lines[row]!]),
    )
    read.issues.push(...issues)
  }
  return read
}

/** Issues as one line each: file, row, reason. */
export const linesOf = ({ issues }: Read): string[] => issues.map(({ file, row, reason }) => `${file} ${row} ${reason}`)

export function textOf(dataset: Dataset, path: string): string {
  return new TextDecoder().decode(dataset.files.get(path))
}

export function withText(dataset: Dataset, path: string, text: string): Dataset {
  return withFile(dataset, path, new TextEncoder().encode(text))
}

/** Files of a dataset that are text. */
export function textFilesOf(dataset: Dataset): string[] {
  return [...dataset.files.keys()].filter((path) => !/\.(tar|npz|parquet|tfrecords?)$/i.test(path))
}

/** Why a kind of bad input cannot be in a format. */
export interface Never {
  never: string
}
export const never = (reason: string): Never => ({ never: reason })
export const isNever = (value: unknown): value is Never =>
  typeof value === 'object' && value !== null && 'never' in value
