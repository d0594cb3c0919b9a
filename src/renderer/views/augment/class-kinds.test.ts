import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { classKinds } from './class-kinds'

const file = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'audioset/ontology.json')

it.skipIf(!existsSync(file))('kinds of classes are named by ids that AudioSet’s tree has, each once', () => {
  const known = new Set((JSON.parse(readFileSync(file, 'utf8')) as { id: string }[]).map(({ id }) => id))
  for (const [kind, { mids }] of Object.entries(classKinds)) {
    expect(mids.length, kind).toBeGreaterThan(0)
    expect(new Set(mids).size, kind).toBe(mids.length)
    expect(
      mids.filter((mid) => !known.has(mid)),
      kind,
    ).toEqual([])
  }
})
