// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { availableActions, dispatchKey, keysOf, knownActions, nameKey, useActions } from './actions'

const press = (key: string, options: KeyboardEventInit = {}, target: EventTarget = document.body): boolean => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options })
  let isTaken = false
  const listener = (heard: Event): void => {
    isTaken = dispatchKey(heard as KeyboardEvent)
  }
  window.addEventListener('keydown', listener, { once: true })
  target.dispatchEvent(event)
  return isTaken
}

function add<K extends keyof HTMLElementTagNameMap>(tag: K): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  document.body.append(element)
  return element
}
afterEach(() => (document.body.innerHTML = ''))

describe('nameKey', () => {
  const named = (key: string, options: KeyboardEventInit = {}): string =>
    nameKey(new KeyboardEvent('keydown', { key, ...options }))

  it('writes keys as actions do', () => {
    expect(named('z', { ctrlKey: true, shiftKey: true })).toBe('Mod+Shift+Z')
    expect(named(' ')).toBe('Space')
    expect(named(' ', { shiftKey: true })).toBe('Shift+Space')
    // Shift is how ? is typed, it is not part of the key.
    expect(named('?', { shiftKey: true })).toBe('?')
    expect(named('ArrowLeft', { shiftKey: true })).toBe('Shift+ArrowLeft')
    // What Alt types on a Mac, and the unshifted 1 of a French keyboard.
    expect(named('¡', { altKey: true, code: 'Digit1' })).toBe('Alt+1')
    expect(named('&', { altKey: true, code: 'Digit1' })).toBe('Alt+1')
    expect(named('o', { altKey: true, code: 'KeyS' })).toBe('Alt+O')
  })
})

describe('the registry of actions', () => {
  it('runs the newest action of a key, and the older again when that goes', () => {
    const [old, fresh] = [vi.fn(), vi.fn()]
    const outer = effectScope()
    const inner = effectScope()
    outer.run(() => useActions([{ id: 'a', title: 'A', section: 's', keys: ['O'], run: old }]))
    inner.run(() => useActions([{ id: 'b', title: 'B', section: 's', keys: ['O'], run: fresh }]))
    expect(press('o')).toBe(true)
    inner.stop()
    press('o')
    outer.stop()
    expect(press('o')).toBe(false)
    expect([old.mock.calls.length, fresh.mock.calls.length]).toEqual([1, 1])
  })

  it('leaves an action out while it cannot be done, and passes its key on', () => {
    const isPossible = ref(false)
    const [general, special] = [vi.fn(), vi.fn()]
    const scope = effectScope()
    scope.run(() => {
      useActions([{ id: 'general', title: '', section: '', keys: ['X'], run: general }])
      useActions([{ id: 'special', title: '', section: '', keys: ['X'], when: () => isPossible.value, run: special }])
    })
    press('x')
    expect(availableActions.value.map(({ id }) => id)).toEqual(['general'])
    isPossible.value = true
    press('x')
    expect([general.mock.calls.length, special.mock.calls.length]).toEqual([1, 1])
    scope.stop()
  })

  it('lists an action only as the one that stands for it here', () => {
    const [general, special] = [effectScope(), effectScope()]
    const play = { title: '', section: '', keys: ['Space'], run: vi.fn() }
    general.run(() => useActions([{ ...play, id: 'play' }]))
    special.run(() => useActions([{ ...play, id: 'play.clip', instead: 'play' }]))
    expect(knownActions.value.map(({ id }) => id)).toEqual(['play.clip'])
    special.stop()
    expect(knownActions.value.map(({ id }) => id)).toEqual(['play'])
    general.stop()
  })

  it('follows what a getter reads', async () => {
    const keys = ref(['1'])
    const scope = effectScope()
    scope.run(() => useActions(() => [{ id: 'digit', title: '', section: '', keys: keys.value, run: vi.fn() }]))
    expect(keysOf('digit')).toEqual(['1'])
    keys.value = ['2']
    await Promise.resolve()
    expect(keysOf('digit')).toEqual(['2'])
    scope.stop()
    expect(keysOf('digit')).toEqual([])
  })

  it('does not take letters from fields, nor a button’s own keys', () => {
    const run = vi.fn()
    const scope = effectScope()
    scope.run(() =>
      useActions([
        { id: 'play', title: '', section: '', keys: ['Space'], run },
        { id: 'letter', title: '', section: '', keys: ['L'], run },
        { id: 'palette', title: '', section: '', keys: ['Mod+K'], isAllowedInFields: true, run },
      ]),
    )
    expect(press('l', {}, add('input'))).toBe(false)
    expect(press(' ', {}, add('textarea'))).toBe(false)
    expect(press(' ', {}, add('button'))).toBe(false)
    expect(press('l', {}, add('button'))).toBe(true)
    expect(press('k', { ctrlKey: true }, add('input'))).toBe(true)
    scope.stop()
  })

  it('is silent behind an open dialog', () => {
    const scope = effectScope()
    scope.run(() => useActions([{ id: 'x', title: '', section: '', keys: ['X'], run: vi.fn() }]))
    const dialog = add('div')
    dialog.setAttribute('role', 'dialog')
    dialog.dataset.state = 'open'
    expect(press('x')).toBe(false)
    dialog.dataset.state = 'closed'
    expect(press('x')).toBe(true)
    scope.stop()
  })
})
