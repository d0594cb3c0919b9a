// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, ref, type App } from 'vue'
import KeptField from './KeptField.vue'

let app: App | null = null
afterEach(() => app?.unmount())

function mount(start: string) {
  const value = ref(start)
  const onSet = vi.fn()
  const place = document.createElement('div')
  document.body.append(place)
  app = createApp({ render: () => h(KeptField, { value: value.value, onSet }) })
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
