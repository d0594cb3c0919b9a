// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { newKeymap } from '../../shared/contract/keymap'
import { nameKey } from '../keys/key-names'
import { bind, currentKeymap } from '../keys/keymap'
import { availableActions, dispatchKey, keysOf, knownActions, useActions } from './actions'

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
afterEach(() => {
  document.body.innerHTML = ''
  currentKeymap.value = newKeymap()
})

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
    expect(named('Shift', { shiftKey: true })).toBe('')
  })

  it('goes by the place of the key where the layout has other letters', () => {
    expect(named('ф', { code: 'KeyA' })).toBe('A')
    // What Alt types on a Mac, and the unshifted 1 of a French keyboard.
    expect(named('¡', { altKey: true, code: 'Digit1' })).toBe('Alt+1')
    expect(named('&', { altKey: true, code: 'Digit1' })).toBe('Alt+1')
    expect(named('o', { altKey: true, code: 'KeyS' })).toBe('Alt+O')
    expect(named('ä', { code: 'Quote' })).toBe('Ä')
  })
})

describe('the registry of actions', () => {
  it('runs the newest action of a key, and the older again when that goes', () => {
    const [old, fresh] = [vi.fn(), vi.fn()]
    const outer = effectScope()
    const inner = effectScope()
    outer.run(() => useActions([{ id: 'transport.loop', run: old }]))
    inner.run(() => useActions([{ id: 'annotate.loop', run: fresh }]))
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
      useActions([{ id: 'transport.loop', run: general }])
      useActions([{ id: 'annotate.loop', when: () => isPossible.value, run: special }])
    })
    press('o')
    expect(availableActions.value.map(({ id }) => id)).toEqual(['transport.loop'])
    isPossible.value = true
    press('o')
    expect([general.mock.calls.length, special.mock.calls.length]).toEqual([1, 1])
    scope.stop()
  })

  it('follows what a getter reads', async () => {
    const digit = ref<1 | 2>(1)
    const scope = effectScope()
    scope.run(() => useActions(() => [{ id: `annotate.label.${digit.value}` as const, title: 'Dog', run: vi.fn() }]))
    expect(keysOf('annotate.label.1')).toEqual(['1'])
    digit.value = 2
    await Promise.resolve()
    expect(keysOf('annotate.label.1')).toEqual([])
    expect(availableActions.value.map(({ title, section }) => [title, section])).toEqual([['Dog', 'Annotate']])
    scope.stop()
    expect(keysOf('annotate.label.2')).toEqual([])
  })

  it('lists an action only as the one that stands for it here', () => {
    const [general, special] = [effectScope(), effectScope()]
    general.run(() => useActions([{ id: 'transport.play', run: vi.fn() }]))
    special.run(() => useActions([{ id: 'playlist.play', run: vi.fn() }]))
    expect(knownActions.value.map(({ id }) => id)).toEqual(['playlist.play'])
    special.stop()
    expect(knownActions.value.map(({ id }) => id)).toEqual(['transport.play'])
    general.stop()
  })

  it('goes by the person’s keys', () => {
    const run = vi.fn()
    const scope = effectScope()
    scope.run(() => useActions([{ id: 'annotate.next', run }]))
    currentKeymap.value = bind(newKeymap(), 'annotate.next', ['J', 'Mod+J'])
    expect(press('n')).toBe(false)
    expect(press('j')).toBe(true)
    expect(press('j', { ctrlKey: true })).toBe(true)
    expect(keysOf('annotate.next')).toEqual(['J'])
    scope.stop()
  })

  it('does not take letters from fields, nor a button’s own keys', () => {
    const run = vi.fn()
    const scope = effectScope()
    scope.run(() =>
      useActions([
        { id: 'transport.play', run },
        { id: 'annotate.label', run },
        { id: 'app.palette', run },
      ]),
    )
    expect(press('l', {}, add('input'))).toBe(false)
    expect(press(' ', {}, add('textarea'))).toBe(false)
    expect(press(' ', {}, add('button'))).toBe(false)
    expect(press('l', {}, add('button'))).toBe(true)
    expect(press('k', { ctrlKey: true }, add('input'))).toBe(true)
    scope.stop()
  })

  it('takes Tab only in a region that asks for it, and not once it was given back', () => {
    const run = vi.fn()
    const scope = effectScope()
    scope.run(() => useActions([{ id: 'annotate.down', run }]))
    currentKeymap.value = { preset: 'audacity', bindings: {} }
    expect(press('Tab', {}, add('button'))).toBe(false)
    const region = add('div')
    const inside = document.createElement('button')
    region.append(inside)
    region.dataset.takesTab = 'armed'
    expect(press('Tab', {}, inside)).toBe(true)
    region.append(document.createElement('input'))
    expect(press('Tab', {}, region.querySelector('input')!)).toBe(false)
    region.dataset.takesTab = 'released'
    expect(press('Tab', {}, inside)).toBe(false)
    expect(run).toHaveBeenCalledTimes(1)
    scope.stop()
  })

  it('is silent behind an open dialog', () => {
    const scope = effectScope()
    scope.run(() => useActions([{ id: 'annotate.next', run: vi.fn() }]))
    const dialog = add('div')
    dialog.setAttribute('role', 'dialog')
    dialog.dataset.state = 'open'
    expect(press('n')).toBe(false)
    dialog.dataset.state = 'closed'
    expect(press('n')).toBe(true)
    scope.stop()
  })
})
