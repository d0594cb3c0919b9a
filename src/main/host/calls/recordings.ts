import { realpathSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { findImporter, importers, recogniseImporter } from '../../../formats/importers/importer'
import { decodeHead } from '../../../formats/importers/read-csv'
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
    dryRun({ path: given, format }, { signal }) {
      findImporter(format)
      const path = realpathSync(requireFolder(requireAbsolute(given)))
      return dryRunImport(workspace, { path, format }, signal)
    },
    import({ path: given, format }, { author }) {
      const catalog = workspace.catalog
      findImporter(format)
      const path = realpathSync(requireFolder(requireAbsolute(given)))
      if (path === catalog.path)
        throw new AppError('invalid-argument', `${path} is the catalog itself.`, {
          hint: 'Choose the dataset’s folder.',
        })
      const manifest = { kind: 'import' as const, format, path }
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

/** The beginning of a file as text; empty where it cannot be read or is none. */
async function readHead(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return decodeHead(buffer.subarray(0, bytesRead))
  } catch {
    return ''
  }
}
