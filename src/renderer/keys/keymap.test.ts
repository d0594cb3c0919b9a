import { describe, expect, it } from 'vitest'
import { newKeymap, presetSchema } from '../../shared/contract/keymap'
import { isKeptByBrowsers, isKeyName, showKeys } from './key-names'
import { bind, findConflicts, findRivals, keysIn, readKeymap, takeKey, writeKeymap } from './keymap'
import { actionIds, isActionId, type KeyEntry, keyTable, leaderOf } from './key-table'
import { presets } from './presets'

const earmark = newKeymap()

describe('the key table', () => {
  it('has only actions that the page offers, and each action has a key', () => {
    const sources = import.meta.glob<string>(['../**/*.{ts,vue}', '!../keys/*', '!../**/*.test.ts'], {
      query: '?raw',
      import: 'default',
      eager: true,
    })
    const text = Object.values(sources).join('\n')
    // Written whole, or put together: `annotate.${id}` and 'next', `label.${digit}`.
    const isThere = (part: string): boolean =>
      text.includes(`'${part}'`) || text.includes(`\`${part.slice(0, part.lastIndexOf('.'))}.\${`)
    const isOffered = (id: string): boolean =>
      text.includes(`'${id}'`) ||
      text.includes(`"${id}"`) ||
      [...id.matchAll(/\./g)].some(({ index }) => {
        const rest = id.slice(index + 1)
        return text.includes(`\`${id.slice(0, index)}.\${`) && (/^\d+$/.test(rest) || isThere(rest))
      })
    expect(actionIds.filter((id) => !isOffered(id))).toEqual([])
    expect(actionIds.filter((id) => keysIn(earmark, id).length === 0)).toEqual([])
  })

  it('follows only actions that exist and follow none themselves', () => {
    for (const id of actionIds) {
      const { follows } = keyTable[id] as KeyEntry
      if (follows === undefined) continue
      expect(isActionId(follows), id).toBe(true)
      expect(leaderOf(leaderOf(id))).toBe(leaderOf(id))
    }
  })
})

describe.each(presetSchema.options)('the preset %s', (preset) => {
  const keymap = { preset, bindings: {} }
  it('has no conflicts', () => {
    expect(findConflicts(keymap).map(({ key, ids }) => `${key}: ${ids.join(' and ')}`)).toEqual([])
  })
  it('gives every action a key, and one that a browser lets through', () => {
    const without = actionIds.filter((id) => keysIn(keymap, id).every(isKeptByBrowsers))
    expect(without).toEqual([])
  })
  it('writes its keys as they are read, and Escape stays the way out', () => {
    for (const [id, keys] of Object.entries(presets[preset].keys)) {
      expect(
        keys.split(' ').filter((key) => !isKeyName(key)),
        id,
      ).toEqual([])
      expect((keyTable[id as keyof typeof keyTable] as KeyEntry).isFixed, id).toBeUndefined()
    }
    expect(keysIn(keymap, 'annotate.leave')).toEqual(['Escape'])
  })
})

describe('findConflicts', () => {
  it('finds a key twice in scopes that are live together, and only there', () => {
    // N is the next clip in Annotate and a new snapshot in Snapshots: never both.
    expect(findConflicts(earmark)).toEqual([])
    const clashing = bind(earmark, 'transport.back', ['N'])
    expect(findConflicts(clashing)).toEqual([
      { key: 'N', ids: ['transport.back', 'annotate.next'] },
      { key: 'N', ids: ['transport.back', 'session.absent'] },
    ])
    const global = bind(earmark, 'app.theme', ['N'])
    const others = ['annotate.next', 'session.absent', 'augment.seed', 'snapshots.make', 'ontology.add']
    expect(findConflicts(global).map(({ ids }) => ids[1])).toEqual(others)
  })

  it('sees an act and the acts that follow it as one', () => {
    const moved = bind(earmark, 'transport.loop', ['Shift+O'])
    expect(keysIn(moved, 'annotate.loop')).toEqual(['Shift+O'])
    expect(findConflicts(moved)).toEqual([])
    // A digit of the palette is also live in the library and in the blind sample.
    expect(findRivals(earmark, 'annotate.label.1', 'F')).toEqual(['annotate.complete'])
  })
})

describe('rebinding', () => {
  it('takes a key from what had it, and keeps only what differs from the preset', () => {
    const taken = takeKey(earmark, 'annotate.mark', 'N')
    expect(keysIn(taken, 'annotate.mark')).toEqual(['S', 'N'])
    expect(keysIn(taken, 'annotate.next')).toEqual([])
    expect(findConflicts(taken)).toEqual([])
    const back = bind(bind(taken, 'annotate.mark', ['S']), 'annotate.next', ['N'])
    expect(back.bindings).toEqual({})
  })

  it('does not give Escape away', () => {
    expect(() => takeKey(earmark, 'annotate.next', 'Escape')).toThrow(/way out/)
  })

  it('binds followers through their leader', () => {
    const bound = bind(earmark, 'playlist.play', ['P'])
    expect(bound.bindings).toEqual({ 'transport.play': ['P'] })
  })
})

describe('the file of a keymap', () => {
  it('is read as it was written', () => {
    const keymap = takeKey({ preset: 'praat', bindings: {} }, 'annotate.next', 'Mod++')
    expect(readKeymap(writeKeymap(keymap), 'keys.json')).toEqual({ keymap, unknown: [] })
  })

  it('names what it does not know, and keeps Escape', () => {
    const text = JSON.stringify({
      earmarkKeys: 1,
      preset: 'earmark',
      bindings: { 'annotate.next': ['J'], 'annotate.fly': ['X'], 'annotate.leave': ['Q'] },
    })
    expect(readKeymap(text, 'keys.json')).toEqual({
      keymap: { preset: 'earmark', bindings: { 'annotate.next': ['J'] } },
      unknown: ['annotate.fly'],
    })
  })

  it.each([
    ['{', /keys\.json: it is not JSON/],
    ['null', /earmarkKeys/],
    ['{"earmarkKeys":1,"preset":"emacs","bindings":{}}', /keys\.json: preset/],
    ['{"earmarkKeys":1,"preset":"earmark","bindings":{"annotate.next":["Hyper+N"]}}', /annotate\.next: “Hyper\+N”/],
    ['{"earmarkKeys":1,"preset":"earmark","bindings":{"annotate.next":"N"}}', /bindings\.annotate\.next/],
  ])('refuses %s with file, place and reason', (text, reason) => {
    expect(() => readKeymap(text, 'keys.json')).toThrow(reason)
  })
})

describe('names of keys', () => {
  it('are told from other texts', () => {
    for (const key of ['N', '+', 'Mod++', 'Mod+Shift+Z', 'Alt+ArrowLeft', 'Space', 'F12', '?', 'Ä'])
      expect(isKeyName(key), key).toBe(true)
    for (const key of ['n', '', ' ', 'Shift+Mod+Z', 'Hyper+N', 'Enter+', 'F25', 'Mod+Mod+Z', 'Nn'])
      expect(isKeyName(key), key).toBe(false)
  })
  it('are shown part by part, the plus too', () => {
    expect(showKeys('Mod+Shift+ArrowLeft')).toEqual(['Ctrl', 'Shift', '←'])
    expect(showKeys('Mod++')).toEqual(['Ctrl', '+'])
    expect(showKeys('+')).toEqual(['+'])
    expect(showKeys('')).toEqual([])
  })
})
