import { expect, it } from 'vitest'
import { smallSet } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows } from '../testing/small-catalog'
import { rewind } from './as-of'
import type { Database } from './database'
import { listHistory } from './history-list'
import { redo, runCommand, undo } from './journal'
import { setLabel } from './labels'
import { addClass } from './ontology'

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

/** Rewinds, looks, and takes the looking back, as on a copy. */
function lookBack(database: Database, moment: Parameters<typeof rewind>[1]): string {
  let seen = ''
  try {
    database.transaction(() => {
      rewind(database, moment)
      seen = dumpRows(database)
      throw new Error('looked')
    })
  } catch (error) {
    if ((error as Error).message !== 'looked') throw error
  }
  return seen
}

it('shows the catalog as it was at each moment, also where it was undone and overtaken since', async () => {
  const { database, clips, classes } = createSmallCatalog(smallSet())
  const states: { at: string; rows: string }[] = []
  const mark = async (): Promise<void> => {
    await pause()
    states.push({ at: new Date().toISOString(), rows: dumpRows(database) })
    await pause()
  }
  const label = (clip: string, name: string): void => {
    runCommand(database, 'labels.set', 'ana', (recorder) =>
      setLabel(
        database,
        recorder,
        { clipIds: [clips.get(clip)!], classId: classes.get(name)!, state: 'present' },
        'ana',
      ),
    )
  }
  await mark()
  label('0-0', 'rain')
  await mark()
  runCommand(database, 'ontology.add', 'ana', (recorder) => addClass(database, recorder, 'owl'))
  await mark()
  undo(database)
  await mark()
  redo(database)
  await mark()
  undo(database)
  undo(database)
  await mark()
  label('1-0', 'rain')
  await mark()
  for (const { at, rows } of states) expect(lookBack(database, { at })).toBe(rows)
  // Right after an edit of the list, and before everything.
  const [newest] = listHistory(database, 0, 10).entries
  expect(lookBack(database, { entryId: newest!.id })).toBe(states.at(-1)!.rows)
  expect(lookBack(database, { at: '2000-01-01T00:00:00.000Z' })).toBe('')
  expect(() => rewind(database, { entryId: 'none' })).toThrow('The history has no entry none.')
})
