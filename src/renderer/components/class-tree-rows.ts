import type { OntologyClass } from '../../shared/contract/ontology'

/** A line of the tree; a class that stands under several others has several. */
export interface ClassTreeRow {
  /** The way to it, by ids. */
  place: string
  entry: OntologyClass
  level: number
  hasChildren: boolean
  isOpen: boolean
}

/** The lines of the tree that are to be seen while the places in `open` are open. */
export function listTreeRows(classes: readonly OntologyClass[], open: ReadonlySet<string>): ClassTreeRow[] {
  const children = new Map<string, OntologyClass[]>()
  for (const entry of classes)
    for (const parentId of entry.parentIds) {
      const below = children.get(parentId)
      if (below) below.push(entry)
      else children.set(parentId, [entry])
    }
  const rows: ClassTreeRow[] = []
  const add = (entry: OntologyClass, above: string, level: number): void => {
    const place = `${above}/${entry.id}`
    const below = children.get(entry.id) ?? []
    const isOpen = open.has(place)
    rows.push({ place, entry, level, hasChildren: below.length > 0, isOpen })
    if (isOpen) for (const child of below) add(child, place, level + 1)
  }
  for (const entry of classes) if (entry.parentIds.length === 0) add(entry, '', 1)
  return rows
}
