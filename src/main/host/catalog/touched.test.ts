import { expect, it } from 'vitest'
import type { JournaledTable } from './journal-tables'
import { noteManyTouched, nothingTouched } from './touched'

it('announces segments when very many rows of any of their tables changed', () => {
  const isAnnounced = (table: JournaledTable): boolean => {
    const touched = nothingTouched()
    noteManyTouched(touched, table)
    return touched.areAnnotationsTouched
  }
  const parts = ['labels', 'doubts', 'origins', 'verdicts'].map((part) => `annotation_${part}` as JournaledTable)
  expect(['annotations' as const, ...parts].map(isAnnounced)).toEqual([true, true, true, true, true])
  expect(isAnnounced('clip_labels')).toBe(false)
})
