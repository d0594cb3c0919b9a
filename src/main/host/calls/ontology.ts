import type { Handlers } from '../../../shared/contract/contract'
import { addClass, readClass, renameClass } from '../catalog/ontology'
import type { Workspace } from '../workspace'

export function ontologyHandlers(workspace: Workspace): Handlers['ontology'] {
  return {
    list: () => workspace.catalog.reader.ask({ kind: 'classes' }),
    add({ name }, { author }) {
      const { id } = workspace.edit('ontology.add', author, (recorder) => addClass(workspace.database, recorder, name))
      return readClass(workspace.database, id)
    },
    rename({ id, name }, { author }) {
      workspace.edit('ontology.rename', author, (recorder) => renameClass(workspace.database, recorder, id, name))
      return readClass(workspace.database, id)
    },
  }
}
