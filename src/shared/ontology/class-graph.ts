import { AppError } from '../errors'

/** A class and those it stands under, all by one kind of name (id, MID or key as text). */
export interface ClassNode {
  id: string
  parentIds: readonly string[]
}

/** Classes of a circle that a message names. */
const mostShown = 10

/**
 * Classes with every parent before its children.
 * @param nameOf what a message calls a class
 * @throws AppError 'conflict' that names the classes of a circle; 'not-found' for a parent that is none of them
 */
export function sortClasses<Node extends ClassNode>(nodes: readonly Node[], nameOf = (node: Node) => node.id): Node[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const sorted: Node[] = []
  const state = new Map<string, 'open' | 'done'>()
  // A stack of its own: a chain may be longer than the call stack.
  for (const root of nodes) {
    const path: { node: Node; next: number }[] = state.has(root.id) ? [] : [{ node: root, next: 0 }]
    while (path.length > 0) {
      const top = path.at(-1)!
      state.set(top.node.id, 'open')
      const parentId = top.node.parentIds[top.next++]
      if (parentId === undefined) {
        state.set(top.node.id, 'done')
        sorted.push(top.node)
        path.pop()
        continue
      }
      const parent = byId.get(parentId)
      if (!parent) throw new AppError('not-found', `${nameOf(top.node)} stands under ${parentId}, which is no class.`)
      if (state.get(parentId) === 'open') {
        const circle = path.slice(path.findIndex(({ node }) => node.id === parentId)).map(({ node }) => nameOf(node))
        const shown = circle.length > mostShown ? [...circle.slice(0, mostShown), '…'] : circle
        throw new AppError('conflict', `The classes go round in a circle: ${[...shown, circle[0]].join(' → ')}.`, {
          hint: 'A class cannot stand under itself, nor under what is below it.',
        })
      }
      if (!state.has(parentId)) path.push({ node: parent, next: 0 })
    }
  }
  return sorted
}

/**
 * What certainly holds where a class is heard: the class itself, and those that every way up from it goes through. A
 * class with several parents is heard as a kind of at least one of them (AudioSet's “Hiss” is of a cat, a snake or
 * steam), so that only what all its parents have in common is certain. These are the dominators of the class in the
 * graph from the roots.
 */
export function findCertainAncestors(nodes: readonly ClassNode[]): Map<string, ReadonlySet<string>> {
  const certain = new Map<string, ReadonlySet<string>>()
  for (const { id, parentIds } of sortClasses(nodes)) {
    const [first, ...others] = parentIds.map((parentId) => certain.get(parentId)!)
    const common = [...(first ?? [])].filter((ancestor) => others.every((other) => other.has(ancestor)))
    certain.set(id, new Set([id, ...common]))
  }
  return certain
}
