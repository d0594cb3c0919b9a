import { realpathSync } from 'node:fs'
import type { Handlers } from '../../../shared/contract/contract'
import { detectImporter, findImporter, importers } from '../../../formats/importers/importer'
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
      const found = detectImporter(files)
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
