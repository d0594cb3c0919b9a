import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { verifyCatalog } from '../catalog/verify'
import { startImport } from '../jobs/start-import'
import type { Workspace } from '../workspace'

export function workspaceHandlers(workspace: Workspace): Handlers['workspace'] {
  return {
    state: () => workspace.state(),
    async create({ path }) {
      await workspace.create(path)
      return workspace.state()
    },
    async open({ path }) {
      await workspace.open(path)
      return workspace.state()
    },
    async close() {
      await workspace.closeCatalog()
      return workspace.state()
    },
    async createSample({ path, seed }, { author }) {
      await workspace.create(path)
      const folder = join(workspace.catalog.path, 'audio')
      mkdirSync(folder)
      const manifest = { kind: 'sample' as const, folder, seed }
      return startImport(workspace, {
        kind: 'sample',
        path: folder,
        format: 'sample',
        author,
        manifest: () => manifest,
      })
    },
    setAuthor({ author }) {
      workspace.settings.setAuthor(author)
      workspace.announcer.tell('workspace.changed', {})
      return workspace.state()
    },
    verify: () => verifyCatalog(workspace.catalog),
  }
}
