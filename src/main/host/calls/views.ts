import type { Handlers } from '../../../shared/contract/contract'
import { changeView, listViews, readView, removeView, saveView } from '../catalog/saved-views'
import type { Workspace } from '../workspace'

export function viewHandlers(workspace: Workspace): Handlers['views'] {
  return {
    list: () => listViews(workspace.database),
    save(view, { author }) {
      const { database } = workspace
      const { id } = workspace.edit('views.save', author, (recorder) => saveView(database, recorder, view, author))
      return readView(database, id)
    },
    change({ id, ...change }, { author }) {
      const { database } = workspace
      workspace.edit('views.change', author, (recorder) => changeView(database, recorder, id, change))
      return readView(database, id)
    },
    remove({ id }, { author }) {
      const { database } = workspace
      workspace.edit('views.remove', author, (recorder) => removeView(database, recorder, id))
    },
  }
}
