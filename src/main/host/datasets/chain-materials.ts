/** The other sounds that the steps of an augmentation chain take, as a manifest names them. */
import { readdirSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { sourceOf } from '../../../dsp/augment/materials'
import type { AugmentationChain, SoundSource } from '../../../dsp/recipe'
import { isHidden, isSoundFile } from '../../../formats/importers/sound-file'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { AppError } from '../../../shared/errors'
import type { ManifestMaterial } from '../../../shared/job/manifest'
import type { MediaSpan } from '../../media/media-task'
import { requireAbsolute } from '../catalog/catalog-folder'
import type { Database } from '../catalog/database'
import { listManifestRows } from '../catalog/usable-clips'
import { resolveInside } from '../media/resolve-inside'
import { requireFolder } from '../require-folder'

/**
 * The sounds of each step's source: clips of a query whose sound is here, or sound files of a folder in one of the catalog's
 * roots. Clips of the part 'test' are never among them.
 *
 * @returns null where no step takes other sounds
 * @throws AppError 'invalid-argument' naming the step: a query that cannot be read, a folder outside the roots or not there
 */
export function listMaterials(database: Database, chain: AugmentationChain): ManifestMaterial[][] | null {
  return listEach(chain, (source) => listSource(database, source))
}

/**
 * The same without a catalog: sound files in and below folders, by their absolute paths.
 *
 * @throws AppError naming the step: a query, 'invalid-argument'; a folder that is not there, no folder, or without sound, with its path
 */
export function listFileMaterials(chain: AugmentationChain): MediaSpan[][] | null {
  return listEach(chain, (source) => {
    if (!('folder' in source))
      throw new AppError(
        'invalid-argument',
        `clips of a query (“${source.query}”) are in a catalog, and this is one file.`,
        {
          hint: 'Give the step a folder in their place: "source": { "folder": "noise" }.',
        },
      )
    const folder = requireFolder(requireAbsolute(source.folder))
    const names = listSoundFiles(folder, folder)
    if (names.length === 0) throw new AppError('invalid-argument', `no sound file is in ${folder}.`)
    return names.map((name) => ({ path: join(folder, name), startSeconds: 0, endSeconds: Infinity }))
  })
}

function listEach<T>({ steps }: AugmentationChain, list: (source: SoundSource) => T[]): T[][] | null {
  if (steps.every((step) => sourceOf(step) === null)) return null
  return steps.map((step, position) => {
    const source = sourceOf(step)
    if (source === null) return []
    try {
      return list(source)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      throw new AppError(error.code, `Step ${position + 1} of the chain (${step.kind}): ${error.message}`, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        cause: error,
      })
    }
  })
}

/** What a source has. @throws AppError 'invalid-argument' as `listMaterials` */
export function listSource(database: Database, source: SoundSource): ManifestMaterial[] {
  if ('folder' in source) return listFolder(database, source.folder)
  return listManifestRows(database, parseClipQuery(source.query))
    .filter((row) => row.isMissing === 0 && row.contentHash !== null && row.split !== 'test')
    .map((row) => ({
      path: resolveInside(row.rootPath, row.recordingPath),
      contentHash: row.contentHash,
      startSeconds: row.startSeconds,
      endSeconds: row.endSeconds,
      fold: row.fold,
      group: row.group ?? row.recordingId,
    }))
}

/** As the media threads read them. */
export function toSpans(materials: readonly ManifestMaterial[]): MediaSpan[] {
  return materials.map(({ path, startSeconds, endSeconds }) => ({
    path,
    startSeconds,
    endSeconds: endSeconds ?? Infinity,
  }))
}

interface KnownFile {
  path: string
  id: string
  contentHash: string | null
  fold: string | null
  split: string | null
  group: string | null
}

/** Sound files in and below a folder, by name; what the catalog knows of them says whose they are. */
function listFolder(database: Database, folder: string): ManifestMaterial[] {
  const { root, rootPath, path } = findFolder(database, folder)
  const inside = relative(rootPath, path).split(sep).join('/')
  const prefix = inside === '' ? '' : `${inside}/`
  const known = new Map<string, KnownFile>()
  for (const row of database.all<KnownFile>(
    `SELECT r.path, r.id, r.content_hash AS contentHash, c.fold, c.split, c.group_key AS "group"
       FROM recordings r LEFT JOIN clips c ON c.recording_key = r.key WHERE r.path >= ? AND r.path < ? AND r.root_key = ?`,
    prefix,
    // What begins with the prefix lies before the slash's next character in the place of the slash.
    prefix === '' ? '\u{10FFFF}' : `${prefix.slice(0, -1)}0`,
    root,
  ))
    if (known.get(row.path)?.split !== 'test') known.set(row.path, row)
  return listSoundFiles(path, rootPath)
    .filter((name) => known.get(name)?.split !== 'test')
    .map((name) => {
      const own = known.get(name)
      return {
        path: join(rootPath, name),
        contentHash: own?.contentHash ?? null,
        startSeconds: 0,
        endSeconds: null,
        fold: own?.fold ?? null,
        group: own ? (own.group ?? own.id) : null,
      }
    })
}

/** The sound files in and below a folder as paths from another one, with forward slashes, in their order. */
function listSoundFiles(folder: string, from: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => isSoundFile(name) && !isHidden(name))
    .sort()
}

/** A folder by its absolute path, or by its path in one of the roots. */
function findFolder(database: Database, folder: string): { root: number; rootPath: string; path: string } {
  const roots = database.all<{ key: number; path: string }>('SELECT key, path FROM roots ORDER BY key')
  let isInside = false
  for (const { key, path: rootPath } of roots) {
    const path = isAbsolute(folder) ? resolve(folder) : resolve(rootPath, folder)
    if (!contains(rootPath, path)) continue
    isInside = true
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) continue
    if (contains(realpathSync(rootPath), realpathSync(path))) return { root: key, rootPath, path }
  }
  throw isInside
    ? new AppError('invalid-argument', `there is no folder ${folder} in what was imported.`)
    : new AppError('invalid-argument', `${folder} is not inside a folder that was imported.`, {
        hint: 'Import the folder that holds it, or copy it into one.',
      })
}

function contains(outer: string, inner: string): boolean {
  const path = relative(outer, inner)
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path))
}
