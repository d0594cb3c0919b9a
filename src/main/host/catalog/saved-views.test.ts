import { describe, expect, it } from 'vitest'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { smallSet } from '../testing/host-fixture'
import { createSmallCatalog } from '../testing/small-catalog'
import { redo, runCommand, undo } from './journal'
import { changeView, listViews, readView, removeView, saveView } from './saved-views'

describe('saved views', () => {
  const setUp = () => {
    const { database } = createSmallCatalog(smallSet())
    const save = (name: string, query: string): string =>
      runCommand(database, 'views.save', 'ana', (recorder) =>
        saveView(database, recorder, { name, query: parseClipQuery(query) }, 'ana'),
      ).result.id
    const change = (id: string, what: { name?: string; query?: string }): string =>
      runCommand(database, 'views.change', 'ben', (recorder) =>
        changeView(database, recorder, id, {
          name: what.name,
          query: what.query === undefined ? undefined : parseClipQuery(what.query),
        }),
      ).result.title
    const shown = (): string[] => listViews(database).map(({ name, query }) => `${name}: ${query}`)
    return { database, save, change, shown }
  }

  it('are kept as text that people can read, and listed by name', () => {
    const { save, shown } = setUp()
    save('Take 10', 'fold:1 label:"sea wave" -take:b')
    save('Take 2', '')
    save('ähnlich', 'disagrees:last sort:-duration')
    expect(shown()).toEqual([
      'ähnlich: disagrees:last sort:-duration',
      'Take 2: ',
      'Take 10: label:"sea wave" fold:1 -take:b',
    ])
  })

  it('are saved, renamed, changed and removed by commands that can be undone and made again', () => {
    const { database, save, change, shown } = setUp()
    const id = save('dogs', 'label:dog')
    expect(change(id, { name: 'Dogs' })).toBe('Rename view “dogs” to “Dogs”')
    expect(change(id, { query: 'label:dog fold:1' })).toBe('Change view “Dogs”')
    expect(
      runCommand(database, 'views.remove', 'ana', (recorder) => removeView(database, recorder, id)).result,
    ).toEqual({ title: 'Remove view “Dogs”' })
    const states = [[], ['Dogs: label:dog fold:1'], ['Dogs: label:dog'], ['dogs: label:dog'], []]
    for (const [step, state] of states.entries()) {
      if (step > 0) undo(database)
      expect(shown()).toEqual(state)
    }
    for (const state of states.toReversed().slice(1)) {
      redo(database)
      expect(shown()).toEqual(state)
    }
    expect(() => readView(database, id)).toThrow(`There is no saved view with the id ${id}.`)
  })

  it('have names of their own, whatever the capitals, and a refused one leaves nothing', () => {
    const { database, save, change, shown } = setUp()
    save('dogs', 'label:dog')
    const other = save('rain', 'label:rain')
    const entries = (): unknown => database.get('SELECT count(*) AS n FROM journal')
    const before = entries()
    expect(() => save('DOGS', '')).toThrow('There is a view “dogs” already.')
    expect(() => change(other, { name: 'Dogs' })).toThrow('There is a view “dogs” already.')
    expect(shown()).toEqual(['dogs: label:dog', 'rain: label:rain'])
    expect(entries()).toEqual(before)
  })
})
