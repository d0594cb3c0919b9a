import type { ExportLabel } from '../../../shared/job/manifest'
import { createPropagation } from '../../../shared/ontology/propagate-labels'

/** What an export says of a class, and where it stands in the tree. */
export interface ExportClass {
  id: string
  name: string
  code: number | null
  mid: string | null
  parentIds: readonly string[]
}

export type GivenLabels = readonly { classId: string; state: 'present' | 'absent' }[]

/** Labels as exporters take them. @param propagates with what follows from the given ones by the tree */
export function makeLabels(
  classes: readonly ExportClass[],
  propagates: boolean,
): (given: GivenLabels) => ExportLabel[] {
  const classById = new Map(classes.map((entry) => [entry.id, entry]))
  const toLabel = (classId: string, state: 'present' | 'absent'): ExportLabel => {
    const { name, code, mid } = classById.get(classId)!
    return { className: name, classCode: code, mid, state }
  }
  if (!propagates) return (given) => given.map(({ classId, state }) => toLabel(classId, state))
  const propagate = createPropagation(classes)
  return (given) =>
    [...propagate(new Map(given.map(({ classId, state }) => [classId, state])))].map(([classId, state]) =>
      toLabel(classId, state),
    )
}
