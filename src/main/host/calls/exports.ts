import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Leak } from '../../../shared/contract/splits'
import { exporters, findExporter } from '../../../formats/exporters/exporter'
import { refuseUnknown, unknownOf } from '../../../formats/exporters/unknown-labels'
import { NameTemplate } from '../../../formats/exporters/name-template'
import { AppError } from '../../../shared/errors'
import { requireAbsolute } from '../catalog/catalog-folder'
import type { Database } from '../catalog/database'
import { countNoun } from '../catalog/labels'
import { auditSplit, leakHint } from '../datasets/find-leaks'
import { createExportWork } from '../jobs/export-work'
import { buildExportManifest } from '../jobs/manifest'
import { requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function exportHandlers(workspace: Workspace): Handlers['exports'] {
  return {
    formats: () =>
      exporters.map((exporter) => {
        const { id, name, description, family, holdsAudio, isSoundOptional, takesNames } = exporter
        return {
          id,
          name,
          description,
          family,
          sound: !holdsAudio ? 'never' : isSoundOptional ? 'optional' : 'always',
          hasNames: takesNames === true,
          unknown: unknownOf(exporter),
        }
      }),
    preview({ format, query, unknown, propagate }) {
      const exporter = findExporter(format)
      const { clips, followed = null } = buildExportManifest(workspace.database, workspace.catalog.name, {
        format,
        out: '',
        query,
        propagate,
      })
      const left = new Map<string, number>()
      const taken = clips.filter((clip) => {
        const reason = exporter.accept(clip) ?? refuseUnknown(exporter, { unknown }, clip)
        if (reason !== null) left.set(reason, (left.get(reason) ?? 0) + 1)
        return reason === null
      })
      return {
        clips: taken.length,
        seconds: taken.reduce((sum, clip) => sum + clip.endSeconds - clip.startSeconds, 0),
        left: [...left].map(([reason, count]) => ({ reason, count })),
        unfinished: taken.filter((clip) => !clip.isFullyAnnotated).length,
        followed,
        ...findExportLeaks(workspace.database, query),
      }
    },
    start({ format, out: given, query, options, allowsLeaks, propagate }) {
      const catalog = workspace.catalog
      const { name } = findExporter(format)
      if (options?.nameTemplate) new NameTemplate(options.nameTemplate)
      const out = checkOut(workspace, requireAbsolute(given))
      // Frozen now: what is exported is what was on the screen.
      const manifest = buildExportManifest(catalog.database, catalog.name, {
        format,
        out,
        query,
        options,
        propagate,
      })
      if (manifest.clips.length === 0)
        throw new AppError('invalid-argument', 'No clip is in this selection, so there is nothing to export.')
      if (!allowsLeaks) refuseLeaks(findExportLeaks(catalog.database, query))
      const title = `Export ${countNoun(manifest.clips.length, 'clip')} as ${name}`
      return { jobId: catalog.queue.enqueue(createExportWork(title, out, () => manifest)).id }
    },
  }
}

const shownLeaks = 20

/** Leaks of the two divisions that formats write: the split and the folds. */
function findExportLeaks(database: Database, query: ClipQuery): { leaks: Leak[]; leakCount: number } {
  const reports = (['split', 'fold'] as const).map((by) => auditSplit(database, { query, by, together: [] }))
  return {
    leaks: reports.flatMap(({ findings, leakCount }) => findings.slice(0, leakCount)).slice(0, shownLeaks),
    leakCount: reports.reduce((sum, { leakCount }) => sum + leakCount, 0),
  }
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
