import type { Handlers } from '../../../shared/contract/contract'
import { diffSnapshots } from '../catalog/snapshot-diff'
import { describeSnapshot, listSnapshots, measureSnapshots, readSnapshot, removeSnapshot } from '../catalog/snapshots'
import type { Workspace } from '../workspace'

export function snapshotHandlers(workspace: Workspace): Handlers['snapshots'] {
  return {
    list: () => ({
      snapshots: listSnapshots(workspace.database),
      storedBytes: measureSnapshots(workspace.database),
    }),
    async make({ name, note }, { author }) {
      const { id, isNew } = await workspace.makeSnapshot({ name, note, author })
      const { database } = workspace
      // The start of a run has made the same one already: it gets the name.
      if (!isNew && readSnapshot(database, id).name === null)
        workspace.edit('snapshots.describe', author, (recorder) =>
          describeSnapshot(database, recorder, id, { name, note }),
        )
      return { snapshot: readSnapshot(database, id), isNew }
    },
    describe({ id, name, note }, { author }) {
      const { database } = workspace
      workspace.edit('snapshots.describe', author, (recorder) =>
        describeSnapshot(database, recorder, id, { name, note }),
      )
      return readSnapshot(database, id)
    },
    remove({ id }, { author }) {
      const { database } = workspace
      workspace.edit('snapshots.remove', author, (recorder) => removeSnapshot(database, recorder, id))
    },
    async diff({ from, to }, { author }) {
      const id = to ?? (await workspace.makeSnapshot({ name: null, note: '', author })).id
      const { database } = workspace
      return diffSnapshots(database, readSnapshot(database, from), readSnapshot(database, id))
    },
  }
}
