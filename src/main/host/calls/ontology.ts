import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { decodeText } from '../../../formats/importers/read-csv'
import { readOntology } from '../../../formats/ontology/read-ontology'
import { readRemap } from '../../../formats/ontology/read-remap'
import type { Handlers } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { editOntology } from '../bulk-edits'
import { requireAbsolute } from '../catalog/catalog-folder'
import { updateClass } from '../catalog/class-facts'
import { placeClass } from '../catalog/class-places'
import { runCommand } from '../catalog/journal'
import { addClass, findClass, readClass, renameClass } from '../catalog/ontology'
import { importOntology } from '../catalog/ontology-import'
import { currentOntologyVersion } from '../catalog/ontology-versions'
import type { Recorder } from '../catalog/recorder'
import type { Workspace } from '../workspace'

export function ontologyHandlers(workspace: Workspace): Handlers['ontology'] {
  return {
    list: () => workspace.catalog.reader.ask({ kind: 'classes' }),
    version: () => currentOntologyVersion(workspace.database),
    add({ name, parentIds }, { author }) {
      const { id } = workspace.edit('ontology.add', author, (recorder) => {
        const added = addClass(workspace.database, recorder, name)
        const parents = parentIds.map((parentId) => findClass(workspace.database, parentId).key)
        placeClass(workspace.database, recorder, findClass(workspace.database, added.id).key, parents)
        return added
      })
      return readClass(workspace.database, id)
    },
    rename({ id, name }, { author }) {
      workspace.edit('ontology.rename', author, (recorder) => renameClass(workspace.database, recorder, id, name))
      return readClass(workspace.database, id)
    },
    update({ id, ...facts }, { author }) {
      workspace.edit('ontology.update', author, (recorder) => updateClass(workspace.database, recorder, id, facts))
      return readClass(workspace.database, id)
    },
    importFile({ path, isDryRun }, { author }) {
      const drafts = readOntology(basename(path), readTextFile(path))
      const work = (recorder: Recorder) => ({
        title: `Import ontology ${basename(path)}`,
        ...importOntology(workspace.database, recorder, drafts),
      })
      if (!isDryRun) return workspace.edit('ontology.import', author, work)
      // Thrown away whole: what it would do is what it did.
      let counted: ReturnType<typeof work> | undefined
      try {
        runCommand(workspace.database, 'ontology.import', author, (recorder) => {
          counted = work(recorder)
          throw new DryRun()
        })
      } catch (thrown) {
        if (!(thrown instanceof DryRun)) throw thrown
      }
      return counted!
    },
    merge: ({ isDryRun, ...input }, { author }) =>
      editOntology(workspace, { kind: 'ontology.merge', input }, author, isDryRun),
    split: ({ isDryRun, ...input }, { author }) =>
      editOntology(workspace, { kind: 'ontology.split', input }, author, isDryRun),
    remap: ({ isDryRun, ...input }, { author }) =>
      editOntology(workspace, { kind: 'ontology.remap', input }, author, isDryRun),
    remapFile: ({ path, isDryRun }, { author }) => {
      const input = { pairs: readRemap(basename(path), readTextFile(path)) }
      return editOntology(workspace, { kind: 'ontology.remap', input }, author, isDryRun)
    },
  }
}

class DryRun extends Error {}

const mostBytes = 64 * 1024 * 1024

/** @throws AppError 'not-found', 'bad-file' */
function readTextFile(given: string): string {
  const path = requireAbsolute(given)
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info?.isFile()) throw new AppError('not-found', `${path} is no file.`, { hint: 'Check the path.' })
  if (info.size > mostBytes) throw new AppError('bad-file', `${path} is larger than 64 MiB.`)
  return decodeText(readFileSync(path), basename(path))
}
