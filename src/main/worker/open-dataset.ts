import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatasetFolder } from '../../formats/importers/importer'
import type { ImportIssue } from '../../shared/job/worker-event'
import { listFolder } from '../media/list-folder'

/** A dataset's folder on the disk as importers see it, and what could not be looked into. @throws AppError not-found */
export async function openDataset(path: string): Promise<{ folder: DatasetFolder; issues: ImportIssue[] }> {
  const { files, problems } = await listFolder(path)
  return {
    folder: { listing: files, readBytes: (file) => readFile(join(path, file)) },
    issues: problems.map((problem) => ({ file: problem.path, row: null, reason: problem.reason })),
  }
}
