/** Who judged a class of which clips or drew annotations on them: what `by:` finds, as sets of positions. */
import { importAuthor } from './bulk-ingest'
import { ClipSet } from './clip-set'
import type { Database } from './database'

interface Known {
  keys: Int32Array
  positions: Int32Array
  labelStarts: Uint32Array
  annotationCounts: Uint16Array
}

/**
 * Indexes have what people did. What came with a dataset is nearly everything, and is all that no person did: a clip has
 * it where it has more labels, or more annotations, than people made.
 * @param giveWay lets other work go on between pieces
 */
export async function loadAuthors(
  database: Database,
  { keys, positions, labelStarts, annotationCounts }: Known,
  giveWay: () => Promise<void>,
): Promise<Map<string, ClipSet>> {
  const authors = new Map<string, ClipSet>()
  const count = async (sql: string, counts: Uint16Array): Promise<void> => {
    let done = 0
    for (const { author, key } of database.iterate<{ author: string; key: number }>(sql)) {
      const position = positions[key] ?? -1
      if (position < 0) continue
      setOf(authors, author, keys.length).add(position)
      counts[position]!++
      if (++done % 20_000 === 0) await giveWay()
    }
  }
  const labels = new Uint16Array(keys.length)
  const annotations = new Uint16Array(keys.length)
  await count(`SELECT author, clip_key AS key FROM clip_labels WHERE author <> '${importAuthor}'`, labels)
  await count(`SELECT author, clip_key AS key FROM annotations WHERE author <> '${importAuthor}'`, annotations)
  await count(
    `SELECT own.author, a.clip_key AS key FROM annotation_labels own JOIN annotations a ON a.key = own.annotation_key
       WHERE own.author <> '${importAuthor}'`,
    new Uint16Array(keys.length),
  )
  const imported = setOf(authors, importAuthor, keys.length)
  for (let position = 0; position < keys.length; position++) {
    const key = keys[position]!
    if (labelStarts[key + 1]! - labelStarts[key]! > labels[position]!) imported.add(position)
    else if (annotationCounts[position]! > annotations[position]!) imported.add(position)
  }
  // A class that came with a dataset, of an annotation that a person drew: only these are left to be looked for.
  const others = database.pluck<number>(
    `SELECT a.clip_key FROM annotations a JOIN annotation_labels own ON own.annotation_key = a.key
       WHERE a.author <> '${importAuthor}' AND own.author = '${importAuthor}'`,
  )
  for (const key of others) imported.add(positions[key]!)
  return authors
}

/** Reads the authors of some clips anew. @param positionOf of a key, −1 where there is none */
export function refreshAuthors(
  database: Database,
  authors: Map<string, ClipSet>,
  size: number,
  keys: readonly number[],
  positionOf: (key: number) => number,
): void {
  for (const key of keys) for (const set of authors.values()) set.remove(positionOf(key))
  const list = JSON.stringify(keys)
  const wanted = '(SELECT value FROM json_each(?))'
  const rows = database.all<{ key: number; author: string }>(
    `SELECT clip_key AS key, author FROM clip_labels WHERE clip_key IN ${wanted}
     UNION SELECT clip_key, author FROM annotations WHERE clip_key IN ${wanted}
     UNION SELECT a.clip_key, own.author FROM annotations a JOIN annotation_labels own ON own.annotation_key = a.key
       WHERE a.clip_key IN ${wanted}`,
    list,
    list,
    list,
  )
  for (const { key, author } of rows) setOf(authors, author, size).add(positionOf(key))
}

function setOf(authors: Map<string, ClipSet>, author: string, size: number): ClipSet {
  let set = authors.get(author)
  if (!set) authors.set(author, (set = new ClipSet(size)))
  return set
}
