import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { describeBackups } from '../catalog/backup'
import { runTask } from '../catalog/catalog-task'
import { requireAbsolute } from '../catalog/catalog-folder'
import { requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function backupHandlers(workspace: Workspace): Handlers['backups'] {
  const folderOf = (path: string | undefined): string =>
    join(path === undefined ? workspace.ownPath() : realpathSync(requireFolder(requireAbsolute(path))), 'backups')
  return {
    list: ({ path }) => describeBackups(folderOf(path)),
    async check({ path }, { signal }) {
      const backups = folderOf(path)
      const problems = await runTask(
        { kind: 'check-backups', folder: backups },
        {
          onProgress: (done, total) =>
            workspace.announcer.tell('catalog.working', {
              title: 'Checking the copies (MB)',
              done: Math.round(done / 1e6),
              total: Math.round(total / 1e6),
            }),
          signal,
        },
      )
      return describeBackups(backups).map((backup) => ({ ...backup, problem: problems[backup.name] ?? backup.problem }))
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
