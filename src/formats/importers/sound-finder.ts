import { extensionOf, fileNameOf, isHidden, isSoundFile } from './sound-file'

/**
 * Finds the sound that an annotation file means. People move datasets and annotate on other machines, so a path from
 * elsewhere is followed as far as its end agrees with a file of the listing.
 */
export class SoundFinder {
  private readonly byName = new Map<string, string[]>()
  private readonly byStem = new Map<string, string[]>()

  constructor(listing: readonly string[]) {
    for (const path of listing) {
      if (!isSoundFile(path) || isHidden(path)) continue
      push(this.byName, fold(fileNameOf(path)), path)
      push(this.byStem, fold(stemOf(fileNameOf(path))), path)
    }
  }

  /** The file of the listing that `name`, as `tablePath` writes it, means; null where there is none or several might be. */
  find(name: string, tablePath: string): string | null {
    const wanted = toSegments(name)
    const last = wanted.at(-1)
    if (last === undefined) return null
    const candidates =
      this.byName.get(fold(last)) ?? (extensionOf(last) === '' ? this.byStem.get(fold(last)) : undefined)
    return pickNearest(candidates ?? [], wanted, toSegments(tablePath).slice(0, -1))
  }

  /** The sound beside an annotation file: of the same name before its ending, or with the ending after the whole name. */
  findBeside(annotationPath: string, stem: string): string | null {
    const folder = toSegments(annotationPath).slice(0, -1)
    const wanted = [...folder, stem]
    const exact = pickNearest(this.byName.get(fold(stem)) ?? [], wanted, folder)
    return exact ?? pickNearest(this.byStem.get(fold(stem)) ?? [], wanted, folder)
  }
}

/** A path relative to the dataset for a recording that is not there, whatever the file made of it. */
export function toRelativePath(name: string): string {
  return toSegments(name).join('/') || 'unnamed'
}

/** A path without drive, scheme and steps upwards. */
function toSegments(name: string): string[] {
  const plain = name
    .trim()
    .replace(/^file:\/\//i, '')
    .replaceAll('\\', '/')
    .replaceAll(/[\r\n\0]/g, ' ')
    // A drive, also after the slash of a file's address.
    .replace(/^(?:\/*[a-z]:)+/i, '')
  return plain.split('/').filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
}

/** Of files with the right name the one in the table's own folder or under it, else the one whose folders agree furthest. */
function pickNearest(
  candidates: readonly string[],
  wanted: readonly string[],
  folder: readonly string[],
): string | null {
  if (candidates.length <= 1) return candidates[0] ?? null
  const beside = fold([...folder, ...wanted.slice(-1)].join('/'))
  const scored = candidates.map((path) => {
    const own = path.split('/')
    let agreed = 0
    while (agreed < own.length - 1 && fold(own.at(-2 - agreed) ?? '') === fold(wanted.at(-2 - agreed) ?? '\0')) agreed++
    const isBeside = fold(path) === beside || fold(stemOf(path)) === fold(stemOf(beside))
    return { path, score: agreed * 2 + (isBeside ? 1 : 0) }
  })
  scored.sort((a, b) => b.score - a.score)
  return scored[0]!.score > scored[1]!.score ? scored[0]!.path : null
}

/** A path without the extension of its last part. */
export function stemOf(path: string): string {
  const dot = path.lastIndexOf('.')
  return dot <= path.lastIndexOf('/') + 1 ? path : path.slice(0, dot)
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
