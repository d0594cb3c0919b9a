import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { type ClipQuery, formatClipQuery } from '../../../shared/contract/clip-query'
import type { Leak } from '../../../shared/contract/splits'
import { exporters, findExporter } from '../../../formats/exporters/exporter'
import { NameTemplate } from '../../../formats/exporters/name-template'
import { AppError } from '../../../shared/errors'
import { defaultExportOptions } from '../../../shared/job/manifest'
import { databaseName, requireAbsolute } from '../catalog/catalog-folder'
import { runTask } from '../catalog/catalog-task'
import { countClips } from '../catalog/clips'
import type { Database } from '../catalog/database'
import { previewExport } from '../catalog/export-clips'
import { countNoun } from '../catalog/labels'
import { countParts } from '../catalog/split-clips'
import { listClasses } from '../catalog/ontology'
import { auditSplit, leakHint } from '../datasets/find-leaks'
import { beginExport } from '../jobs/export-work'
import { requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function exportHandlers(workspace: Workspace): Handlers['exports'] {
  return {
    formats: () =>
      exporters.map(({ id, name, description, family, holdsAudio, isSoundOptional, takesNames, asksUnknown }) => ({
        id,
        name,
        description,
        family,
        sound: !holdsAudio ? 'never' : isSoundOptional ? 'optional' : 'always',
        hasNames: takesNames === true,
        hasUnknown: asksUnknown === true,
      })),
    async preview({ format, query }, { signal }) {
      const { database, catalog } = workspace
      findExporter(format)
      const isQuick = countClips(database, query) <= mostAtOnce
      const file = join(catalog.path, databaseName)
      const found = isQuick
        ? previewExport(database, { format, query })
        : await runTask({ kind: 'export-preview', file, format, query }, { signal })
      return { ...found, ...findExportLeaks(database, query) }
    },
    async start({ format, out: given, query, options = defaultExportOptions, allowsLeaks, propagate }) {
      const { database, name: catalogName, path, queue } = workspace.catalog
      const { name } = findExporter(format)
      if (options.nameTemplate) new NameTemplate(options.nameTemplate)
      const out = checkOut(workspace, requireAbsolute(given))
      if (countClips(database, query) === 0)
        throw new AppError('invalid-argument', 'No clip is in this selection, so there is nothing to export.')
      if (!allowsLeaks) refuseLeaks(findExportLeaks(database, query))
      const classes = listClasses(database).map(({ name: own, code, mid }) => ({ name: own, code, mid }))
      const text = formatClipQuery(query)
      // Frozen now: what is exported is what was on the screen.
      const work = await beginExport({
        out,
        name,
        manifest: { kind: 'export', format, out, query: text, options, propagate, catalogName, classes },
        cacheFolder: join(path, 'cache'),
        write: (to, onProgress, signal) =>
          runTask(
            { kind: 'export-clips', file: join(path, databaseName), to, wanted: { query, propagate } },
            { onProgress, signal },
          ),
      })
      try {
        return { jobId: queue.enqueue(work).id }
      } catch (thrown) {
        work.drop()
        throw thrown
      }
    },
  }
}

/** Up to here a preview is made within a blink, and needs no thread. */
const mostAtOnce = 10_000

const shownLeaks = 20

/**
 * Leaks of the division that an export is used by: the split where the clips stand in several of its parts, else the
 * folds. Folds that came with a dataset may share speakers, as those of FSDD do, and a split be made to mend that.
 */
function findExportLeaks(database: Database, query: ClipQuery): { leaks: Leak[]; leakCount: number } {
  const parts = countParts(database, query)
  const by = (['split', 'fold'] as const).find((division) => parts[division] > 1)
  // Clips that are all in one part leak nowhere: a list of millions is mostly one part, and need not be read for it.
  if (by === undefined) return { leaks: [], leakCount: 0 }
  const { findings, leakCount } = auditSplit(database, { query, by, together: [] })
  return { leaks: findings.slice(0, leakCount).slice(0, shownLeaks), leakCount }
}

/** @throws AppError 'conflict' */
function refuseLeaks({ leaks, leakCount }: { leaks: Leak[]; leakCount: number }): void {
  if (leakCount === 0) return
  const list = leaks.slice(0, 3).map(({ message }) => `\n• ${message}`)
  const more = leakCount > list.length ? `\n• … and ${leakCount - list.length} more` : ''
  throw new AppError('conflict', `${countNoun(leakCount, 'leak')} between the parts:${list.join('')}${more}`, {
    hint: leakHint('export'),
  })
}

/** The real path of an export's folder. @throws AppError 'conflict', 'not-found', 'invalid-argument' */
function checkOut(workspace: Workspace, given: string): string {
  const parent = realpathSync(requireFolder(dirname(given)))
  const out = join(parent, basename(given))
  if (existsSync(out)) {
    if (!statSync(out).isDirectory())
      throw new AppError('conflict', `${out} is a file.`, { hint: 'Choose another name.' })
    if (readdirSync(out).length > 0)
      throw new AppError('conflict', `${out} has other things in it.`, {
        hint: 'Choose a folder that is new or empty.',
      })
  }
  const taken = workspace.database.all<{ path: string }>('SELECT path FROM roots').map((root) => root.path)
  for (const folder of [workspace.catalog.path, ...taken])
    if (isInside(folder, out))
      throw new AppError('conflict', `${out} is inside ${folder}, which Earmark reads from.`, {
        hint: 'Choose a folder outside the catalog and the imported datasets.',
      })
  return out
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
