import type { OntologyClass } from '../../shared/contract/ontology'
import { findClasses, pathOf } from './find-classes'

/** A line of the tree: a class in one of the places where it stands. */
export interface TreeRow {
  /** The way to it, as ids joined by slashes. */
  place: string
  entry: OntologyClass
  /** 1 at the top. */
  level: number
  /** Among how many siblings it is which, from 1. */
  position: number
  siblings: number
  hasChildren: boolean
  isOpen: boolean
  /** Names of the classes above it, where the row does not stand under them. */
  path: string
}

/** The tree of classes, prepared once for many looks at it. */
export class ClassForest {
  private readonly children = new Map<string, OntologyClass[]>()
  private readonly roots: OntologyClass[]
  private readonly byId: ReadonlyMap<string, OntologyClass>

  constructor(private readonly classes: readonly OntologyClass[]) {
    this.byId = new Map(classes.map((entry) => [entry.id, entry]))
    this.roots = classes.filter(({ parentIds }) => parentIds.length === 0)
    for (const entry of classes)
      for (const parentId of entry.parentIds) {
        const siblings = this.children.get(parentId)
        if (siblings) siblings.push(entry)
        else this.children.set(parentId, [entry])
      }
  }

  childrenOf(id: string): readonly OntologyClass[] {
    return this.children.get(id) ?? []
  }

  /** The class itself and all below it. */
  below(id: string): Set<string> {
    const found = new Set([id])
    for (const each of found) for (const { id: child } of this.childrenOf(each)) found.add(child)
    return found
  }

  /** A class under each of its parents, as far as the places above it are open. */
  listRows(open: ReadonlySet<string>): TreeRow[] {
    const rows: TreeRow[] = []
    const add = (entries: readonly OntologyClass[], above: string, level: number): void => {
      for (const [index, entry] of entries.entries()) {
        const place = `${above}/${entry.id}`
        const below = this.childrenOf(entry.id)
        const isOpen = open.has(place)
        rows.push({
          place,
          entry,
          level,
          position: index + 1,
          siblings: entries.length,
          hasChildren: below.length > 0,
          isOpen,
          path: '',
        })
        if (isOpen) add(below, place, level + 1)
      }
    }
    add(this.roots, '', 1)
    return rows
  }

  /** What fits, best first, each once and with the way to it. */
  search(text: string): TreeRow[] {
    const found = findClasses(text, this.classes)
    return found.map((entry, index) => ({
      place: entry.id,
      entry,
      level: 1,
      position: index + 1,
      siblings: found.length,
      hasChildren: false,
      isOpen: false,
      path: pathOf(entry, this.byId),
    }))
  }

  /** The first place of a class, and those above it, top first. */
  placeOf(id: string): { place: string; above: string[] } {
    const ids: string[] = []
    for (let at = this.byId.get(id); at && !ids.includes(at.id); at = this.byId.get(at.parentIds[0] ?? ''))
      ids.unshift(at.id)
    const places = ids.map((_, index) => `/${ids.slice(0, index + 1).join('/')}`)
    return { place: places.at(-1) ?? '', above: places.slice(0, -1) }
  }
}
