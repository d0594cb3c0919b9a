import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { describeBackups } from '../catalog/backup'
import { requireAbsolute } from '../catalog/catalog-folder'
import { requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function backupHandlers(workspace: Workspace): Handlers['backups'] {
  return {
    list({ path }) {
      const folder = path === undefined ? workspace.ownPath() : realpathSync(requireFolder(requireAbsolute(path)))
      return describeBackups(join(folder, 'backups'))
    },
    async make() {
      const { backups } = workspace.catalog
      if (backups === null)
        throw new AppError('conflict', 'This catalog is open as it was, and can only be read.', {
          hint: 'Open the catalog itself.',
        })
      return { name: await backups.make('by-hand') }
    },
    restore: ({ path, name }) => workspace.restore(path, name),
  }
}
