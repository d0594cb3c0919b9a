import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatasetFolder } from '../../formats/importers/importer'
import type { ImportIssue } from '../../shared/job/worker-event'
import { listFolder } from '../media/list-folder'

const pieceBytes = 1 << 20

/** A dataset's folder on the disk as importers see it, and what could not be looked into. @throws AppError not-found */
export async function openDataset(path: string): Promise<{ folder: DatasetFolder; issues: ImportIssue[] }> {
  const { files, problems } = await listFolder(path)
  return {
    folder: {
      listing: files,
      readBytes: (file) => readFile(join(path, file)),
      async readPieces(file) {
        const { size } = await stat(join(path, file))
        return { bytes: size, pieces: createReadStream(join(path, file), { highWaterMark: pieceBytes }) }
      },
    },
    issues: problems.map((problem) => ({ file: problem.path, row: null, reason: problem.reason })),
  }
}
