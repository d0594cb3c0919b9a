// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, ref, type App } from 'vue'
import KeptField from './KeptField.vue'

let app: App | null = null
afterEach(() => {
  app?.unmount()
  vi.useRealTimers()
})

function mount(start: string, more: { pauseMs?: number } = {}) {
  const value = ref(start)
  const onSet = vi.fn()
  const place = document.createElement('div')
  document.body.append(place)
  app = createApp({ render: () => h(KeptField, { value: value.value, onSet, ...more }) })
  app.mount(place)
  const field = place.querySelector('input')!
  const type = (text: string): void => {
    field.value = text
    field.dispatchEvent(new Event('input'))
  }
  return { value, onSet, field, type }
}

it('tells what was typed when the field is left, once, and only if it is another', async () => {
  const { onSet, field, type, value } = mount('old')
  type('new')
  expect(onSet).not.toHaveBeenCalled()
  field.dispatchEvent(new Event('change'))
  expect(onSet.mock.calls).toEqual([['new']])
  value.value = 'new'
  await nextTick()
  type('new')
  field.dispatchEvent(new Event('change'))
  expect(onSet).toHaveBeenCalledTimes(1)
})

it('keeps what is being typed when the value changes elsewhere, and follows it otherwise', async () => {
  const { field, type, value } = mount('old')
  value.value = 'from elsewhere'
  await nextTick()
  expect(field.value).toBe('from elsewhere')
  type('half a wo')
  value.value = 'from elsewhere again'
  await nextTick()
  expect(field.value).toBe('half a wo')
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  await nextTick()
  expect(field.value).toBe('from elsewhere again')
})

it('is kept when the page is left, and otherwise not before the field is', () => {
  const { onSet, type } = mount('old')
  window.dispatchEvent(new Event('pagehide'))
  type('new')
  app!.unmount()
  expect(onSet).not.toHaveBeenCalled()
  const other = mount('old')
  other.type('new')
  window.dispatchEvent(new Event('pagehide'))
  expect(other.onSet.mock.calls).toEqual([['new']])
})

it('is kept after a pause in the typing, when the page is left and when the field goes, each text once', async () => {
  vi.useFakeTimers()
  const { onSet, field, type, value } = mount('old', { pauseMs: 700 })
  type('ne')
  vi.advanceTimersByTime(699)
  type('new')
  vi.advanceTimersByTime(699)
  expect(onSet).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onSet.mock.calls).toEqual([['new']])
  value.value = 'new'
  await nextTick()
  type('newer')
  window.dispatchEvent(new Event('pagehide'))
  expect(onSet.mock.calls.slice(1)).toEqual([['newer']])
  field.dispatchEvent(new Event('change'))
  expect(onSet).toHaveBeenCalledTimes(2)
  value.value = 'newer'
  await nextTick()
  type('newest')
  app!.unmount()
  expect(onSet.mock.calls.slice(2)).toEqual([['newest']])
  vi.advanceTimersByTime(2000)
  expect(onSet).toHaveBeenCalledTimes(3)
})

it('takes back on Escape also what was kept in a pause', async () => {
  vi.useFakeTimers()
  const { onSet, field, type, value } = mount('old', { pauseMs: 700 })
  type('new')
  vi.advanceTimersByTime(700)
  value.value = 'new'
  await nextTick()
  type('newer')
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  expect(onSet.mock.calls).toEqual([['new'], ['old']])
  expect(field.value).toBe('old')
})
