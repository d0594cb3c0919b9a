import { realpathSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { findImporter, importers, recogniseImporter } from '../../../formats/importers/importer'
import { guessColumns } from '../../../formats/importers/guess-columns'
import { decodeHead } from '../../../formats/importers/read-csv'
import { isTableFile, readTableHead } from '../../../formats/importers/table'
import type { TableHead } from '../../../shared/contract/recordings'
import { AppError } from '../../../shared/errors'
import { listFolder } from '../../media/list-folder'
import { requireAbsolute } from '../catalog/catalog-folder'
import { dryRunImport } from '../jobs/dry-run-import'
import { startImport } from '../jobs/start-import'
import { requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function recordingHandlers(workspace: Workspace): Handlers['recordings'] {
  return {
    importFormats: () => importers.map(({ id, name, description }) => ({ id, name, description })),
    async preview({ path }) {
      const { files } = await listFolder(requireAbsolute(path))
      const found = await recogniseImporter(files, (file) => readHead(join(path, file)))
      if (!found) return { format: null, audioFiles: 0, summary: `No sound file among ${files.length} files` }
      return {
        format: found.importer.id,
        audioFiles: found.detection.audioFiles,
        summary: found.detection.summary,
      }
    },
    async tables({ path: given }) {
      const root = requireAbsolute(given)
      const { files } = await listFolder(root)
      const heads: TableHead[] = []
      for (const path of files.filter(isTableFile).slice(0, mostTables)) {
        const { header, rows } = readTableHead(await readHead(join(root, path)), 5)
        if (header.length > 0) heads.push({ path, header, rows, guess: guessColumns(header) })
      }
      return heads
    },
    dryRun({ path: given, format, table }, { signal }) {
      findImporter(format)
      const path = realpathSync(requireFolder(requireAbsolute(given)))
      return dryRunImport(workspace, { path, format, ...(table ? { table } : {}) }, signal)
    },
    import({ path: given, format, table }, { author }) {
      const catalog = workspace.catalog
      findImporter(format)
      const path = realpathSync(requireFolder(requireAbsolute(given)))
      if (path === catalog.path)
        throw new AppError('invalid-argument', `${path} is the catalog itself.`, {
          hint: 'Choose the dataset’s folder.',
        })
      const manifest = { kind: 'import' as const, format, path, ...(table ? { table } : {}) }
      return startImport(workspace, {
        kind: 'import',
        path,
        format,
        author,
        manifest: (known) => ({ ...manifest, known }),
      })
    },
  }
}

const headBytes = 65_536
const mostTables = 20

/** The beginning of a file as text; empty where it cannot be read or is none. */
async function readHead(path: string): Promise<string> {
  try {
    // Closed by hand: Node 22 does not know “await using”.
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
      return decodeHead(buffer.subarray(0, bytesRead))
    } finally {
      await file.close()
    }
  } catch {
    return ''
  }
}
