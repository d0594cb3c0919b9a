import { opendir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { AppError, toAppError } from '../../shared/errors'

export interface FolderListing {
  /** Every file, relative to the root with forward slashes, in code point order; names as the system gives them. */
  files: string[]
  /** Entries that were not followed or could not be read, with the reason. */
  problems: { path: string; reason: string }[]
}

/** Deeper trees than this are taken for a mistake. */
const maxDepth = 32

/**
 * Walks a dataset's folder. Links are followed only where they stay inside the root and do not lead back
 * to a folder that contains them, so a walk always ends and never leaves what the person chose.
 * @throws AppError not-found, invalid-argument (a file) or no-permission, naming the path.
 */
export async function listFolder(root: string): Promise<FolderListing> {
  const realRoot = await requireFolder(root)
  const listing: FolderListing = { files: [], problems: [] }
  await walk(realRoot, '', [realRoot], listing)
  const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  listing.files.sort(byCodePoint)
  listing.problems.sort((a, b) => byCodePoint(a.path, b.path))
  return listing
}

async function requireFolder(root: string): Promise<string> {
  const info = await stat(root).catch((cause: unknown) => {
    const error = toAppError(cause)
    if (error.code === 'not-found') {
      throw new AppError('not-found', `${root} does not exist.`, { hint: 'Check the path.', cause })
    }
    throw new AppError(error.code, `${root} cannot be read: ${error.message}`, { hint: error.hint ?? '', cause })
  })
  if (!info.isDirectory()) {
    throw new AppError('invalid-argument', `${root} is a file, not a folder.`, {
      hint: 'Choose the folder that holds the dataset.',
    })
  }
  return realpath(root)
}

/** `ancestors` are the real paths, links resolved, from the root down to the folder being read. */
async function walk(realRoot: string, relative: string, ancestors: string[], listing: FolderListing): Promise<void> {
  const here = join(realRoot, relative)
  const entries = await readEntries(here).catch((thrown: unknown) => {
    const error = toAppError(thrown)
    // The root itself must be readable; a folder inside it is one problem among others.
    if (relative === '') throw new AppError(error.code, `${here} cannot be read: ${error.message}`, { cause: thrown })
    listing.problems.push({ path: relative, reason: `this folder cannot be read: ${error.message}` })
    return []
  })
  for (const entry of entries) {
    const path = relative === '' ? entry.name : `${relative}/${entry.name}`
    if (entry.isFile()) listing.files.push(path)
    else if (entry.isDirectory()) {
      if (ancestors.length > maxDepth) listing.problems.push({ path, reason: `more than ${maxDepth} folders deep` })
      else await walk(realRoot, path, [...ancestors, join(ancestors.at(-1)!, entry.name)], listing)
    } else if (entry.isSymbolicLink()) await followLink(realRoot, path, ancestors, listing)
  }
}

async function readEntries(folder: string) {
  const entries = []
  for await (const entry of await opendir(folder)) entries.push(entry)
  return entries
}

async function followLink(realRoot: string, path: string, ancestors: string[], listing: FolderListing): Promise<void> {
  const refuse = (reason: string): void => void listing.problems.push({ path, reason })
  const target = await realpath(join(realRoot, path)).catch(() => null)
  if (target === null) return refuse('a link whose target does not exist')
  if (target !== realRoot && !target.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
    return refuse('a link that leads out of the dataset’s folder: not followed')
  }
  if (ancestors.includes(target)) return refuse('a link that leads back to a folder it lies in: not followed')
  const info = await stat(target)
  if (info.isFile()) listing.files.push(path)
  else if (info.isDirectory()) {
    if (ancestors.length > maxDepth) refuse(`more than ${maxDepth} folders deep`)
    else await walk(realRoot, path, [...ancestors, target], listing)
  }
}
