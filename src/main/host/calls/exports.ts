import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { formatClipQuery } from '../../../shared/contract/clip-query'
import type { Snapshot } from '../../../shared/contract/snapshots'
import { exporters, findExporter } from '../../../formats/exporters/exporter'
import { NameTemplate } from '../../../formats/exporters/name-template'
import { unknownOf } from '../../../formats/exporters/unknown-labels'
import { AppError } from '../../../shared/errors'
import { defaultExportOptions, type ExportedSnapshot } from '../../../shared/job/manifest'
import { databaseName, requireAbsolute } from '../catalog/catalog-folder'
import { runTask } from '../catalog/catalog-task'
import { previewExport } from '../catalog/export-clips'
import { listClasses } from '../catalog/ontology'
import { listSnapshotClasses } from '../catalog/snapshot-pages'
import { readSnapshot } from '../catalog/snapshots'
import { type ExportedOf, type ExportLeaks, findExportLeaks, refuseExportLeaks } from '../datasets/export-leaks'
import { beginExport } from '../jobs/export-work'
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
    async preview({ format, propagate, sound, unknown, ...of }, { signal }) {
      findExporter(format)
      refuseQueryOfSnapshot(of)
      const wanted = { ...of, format, propagate, options: { sound, unknown } }
      const onProgress = (done: number, total: number): void =>
        workspace.announcer.tell('exports.looking', { done, total })
      const { catalog } = workspace
      const found = isSmall(catalog)
        ? previewExport(catalog.database, wanted)
        : await runTask({ kind: 'export-preview', file: fileOf(catalog), wanted }, { onProgress, signal })
      return { ...found, ...(await findLeaks(catalog, of, signal)) }
    },
    async start({ format, out: given, options = defaultExportOptions, allowsLeaks, propagate, ...of }, { signal }) {
      const { catalog } = workspace
      const { name, takesEmbeddings: embeddings = false } = findExporter(format)
      refuseQueryOfSnapshot(of)
      const snapshot = of.snapshotId === null ? null : readSnapshot(catalog.database, of.snapshotId)
      if (options.nameTemplate) new NameTemplate(options.nameTemplate)
      const out = checkOut(workspace, requireAbsolute(given))
      if (!allowsLeaks) refuseExportLeaks(await findLeaks(catalog, of, signal))
      const classes = (
        snapshot === null ? listClasses(catalog.database, false) : listSnapshotClasses(catalog.database, snapshot)
      ).map(({ name: own, code, mid }) => ({ name: own, code, mid }))
      const text = formatClipQuery(of.query)
      // Frozen now: what is exported is what was on the screen.
      const work = await beginExport({
        out,
        title: (clips) => `Export ${clips}${snapshot === null ? '' : ` of ${nameSnapshot(snapshot)}`} as ${name}`,
        manifest: {
          kind: 'export',
          format,
          out,
          query: text,
          snapshot: snapshot && describeSnapshot(snapshot),
          options,
          propagate,
          catalogName: catalog.name,
          classes,
        },
        cacheFolder: join(catalog.path, 'cache'),
        write: (to, onProgress, stopped) =>
          runTask(
            { kind: 'export-clips', file: fileOf(catalog), to, wanted: { ...of, propagate, embeddings } },
            { onProgress, signal: stopped },
          ),
      })
      try {
        return { jobId: catalog.queue.enqueue(work).id }
      } catch (thrown) {
        work.drop()
        throw thrown
      }
    },
  }
}

type OpenCatalog = Workspace['catalog']

/** Up to here an export is looked over within a blink; of more clips a thread reads. */
const mostAtOnce = 10_000

const isSmall = ({ database }: OpenCatalog): boolean =>
  database.get<{ clips: number }>('SELECT count(*) AS clips FROM clips')!.clips <= mostAtOnce

const fileOf = ({ path }: OpenCatalog): string => join(path, databaseName)

async function findLeaks(catalog: OpenCatalog, of: ExportedOf, signal: AbortSignal): Promise<ExportLeaks> {
  if (isSmall(catalog)) return findExportLeaks(catalog.database, of)
  return runTask({ kind: 'export-leaks', file: fileOf(catalog), of }, { signal })
}

/** @throws AppError 'invalid-argument' */
function refuseQueryOfSnapshot({ query, snapshotId }: ExportedOf): void {
  if (snapshotId === null || formatClipQuery(query) === '') return
  throw new AppError('invalid-argument', 'A snapshot is exported whole; a query is of the catalog as it is now.', {
    hint: 'Leave the query empty, or export without the snapshot.',
  })
}

const nameSnapshot = ({ name, contentHash }: Snapshot): string =>
  name === null ? `snapshot ${contentHash.slice(0, 12)}` : `snapshot “${name}”`

function describeSnapshot({ id, name, at, contentHash, ontologyVersion, metadataCount }: Snapshot): ExportedSnapshot {
  return { id, name, at, contentHash, ontologyVersion, hasMetadata: metadataCount !== null }
}

/** The real path of an export's folder. @throws AppError 'conflict', 'not-found', 'invalid-argument' */
export function checkOut(workspace: Workspace, given: string): string {
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
