import { type ClassNode, findCertainAncestors, sortClasses } from './class-graph'

export type JudgedState = 'present' | 'absent'

/**
 * What follows from judgements by the tree, for queries and exports; it is never stored.
 *
 * - _Present_ moves up to the certain ancestors only (`findCertainAncestors`): barking is a dog, but hissing is a cat or
 *   a snake or steam.
 * - _Absent_ moves down to a class when all its parents are absent, since it is heard as a kind of one of them. It never
 *   moves up: no barking does not mean no dog.
 * - What somebody judged stands as it is. Where judgements contradict each other, so that a class would follow as both,
 *   it follows as neither.
 *
 * @param labels states by class id
 * @returns the given states and those that follow
 */
export function propagateLabels(
  labels: ReadonlyMap<string, JudgedState>,
  ontology: readonly ClassNode[],
): Map<string, JudgedState> {
  return createPropagation(ontology)(labels)
}

/** As `propagateLabels`, with the ontology prepared once for many clips. */
export function createPropagation(
  ontology: readonly ClassNode[],
): (labels: ReadonlyMap<string, JudgedState>) => Map<string, JudgedState> {
  const sorted = sortClasses(ontology)
  const certain = findCertainAncestors(sorted)
  const parentsOf = new Map(sorted.map(({ id, parentIds }) => [id, parentIds]))
  return (labels) => {
    const present = new Set<string>()
    for (const [id, state] of labels)
      if (state === 'present') for (const ancestor of certain.get(id) ?? []) present.add(ancestor)
    const absent = new Set<string>()
    // Without an absent label no absence follows, and most clips have none.
    const hasAbsent = [...labels.values()].includes('absent')
    for (const { id, parentIds } of hasAbsent ? sorted : []) {
      const follows = parentIds.length > 0 && parentIds.every((parentId) => absent.has(parentId))
      // A class that is present, or under which something is, hands no absence on.
      if (labels.get(id) === 'absent' || (follows && labels.get(id) !== 'present' && !present.has(id))) absent.add(id)
    }
    const result = new Map(labels)
    for (const id of present) if (!result.has(id) && !isUnderAbsent(id)) result.set(id, 'present')
    for (const id of absent) if (!result.has(id)) result.set(id, 'absent')
    return result

    function isUnderAbsent(id: string): boolean {
      const parents = parentsOf.get(id) ?? []
      return parents.length > 0 && parents.every((parentId) => absent.has(parentId))
    }
  }
}
