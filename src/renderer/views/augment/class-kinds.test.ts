import { expect, it } from 'vitest'
import { classKinds } from './class-kinds'

// Beside the project, where recordings for tests are; absent elsewhere.
const files = import.meta.glob<{ id: string }[]>('../../../../../shared/data/audioset/ontology.json', {
  import: 'default',
})
const [readOntology] = Object.values(files)

it.skipIf(!readOntology)('kinds of classes are named by ids that AudioSet’s tree has, each once', async () => {
  const known = new Set((await readOntology!()).map(({ id }) => id))
  expect(known.size).toBe(632)
  for (const [kind, { mids }] of Object.entries(classKinds)) {
    expect(mids.length, kind).toBeGreaterThan(0)
    expect(new Set(mids).size, kind).toBe(mids.length)
    expect(
      mids.filter((mid) => !known.has(mid)),
      kind,
    ).toEqual([])
  }
})
