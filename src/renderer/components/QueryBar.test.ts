// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import QueryBar from './QueryBar.vue'

const answers: ((suggestions: { value: string; detail: string }[]) => void)[] = []
vi.mock('../composables/use-client', () => ({
  useClient: () => ({ clips: { suggest: () => new Promise((resolve) => answers.push(resolve)) } }),
}))

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const facets = {
  classes: [
    { id: 'a', name: 'dog', count: 4 },
    { id: 'b', name: 'Dog bark', count: 2 },
  ],
  folds: [{ fold: '1', count: 6 }],
}

function setUp(modelValue = '') {
  const wrapper = mount(QueryBar, { props: { modelValue, facets }, attachTo: document.body })
  const input = wrapper.get('input')
  const type = async (text: string): Promise<void> => {
    await input.setValue(text)
    vi.advanceTimersByTime(300)
    await wrapper.vm.$nextTick()
  }
  const committed = (): unknown[] => (wrapper.emitted('update:modelValue') ?? []).map(([value]) => value)
  return { wrapper, input, type, committed }
}

describe('QueryBar', () => {
  it('is a combobox named Query that says whether its list is open', async () => {
    const { wrapper, input } = setUp()
    expect(input.attributes()).toMatchObject({ role: 'combobox', 'aria-expanded': 'false', 'aria-haspopup': 'listbox' })
    await input.setValue('label:do')
    expect(input.attributes('aria-expanded')).toBe('true')
    expect(wrapper.get(`#${CSS.escape(input.attributes('aria-controls')!)}`).attributes('role')).toBe('listbox')
    expect(input.attributes('aria-label')).toBe('Query')
  })

  it('commits what can be read, once typing stops', async () => {
    const { input, committed } = setUp()
    await input.setValue('label:dog')
    expect(committed()).toEqual([])
    vi.advanceTimersByTime(300)
    expect(committed()).toEqual(['label:dog'])
  })

  it('keeps a wrong query to itself, and marks the character', async () => {
    const { wrapper, input, type, committed } = setUp('fold:1')
    await type('fold:1 is:red')
    await input.trigger('blur')
    expect(committed()).toEqual([])
    expect(input.attributes('aria-invalid')).toBe('true')
    expect(wrapper.get('[role="alert"]').text()).toContain('is:red is not known')
    expect(wrapper.get('mark').text()).toBe('is:red')
    await type('fold:1')
    expect(input.attributes('aria-invalid')).toBeUndefined()
  })

  it('completes with the keyboard and commits at once', async () => {
    const { wrapper, input, committed } = setUp()
    await input.setValue('label:do')
    const options = wrapper.findAll('[role="option"]').map((option) => option.text())
    expect(options[0]).toContain('dog')
    await input.trigger('keydown', { key: 'ArrowDown' })
    await input.trigger('keydown', { key: 'ArrowDown' })
    await input.trigger('keydown', { key: 'Enter' })
    await wrapper.vm.$nextTick()
    expect(input.element.value).toBe('label:"Dog bark" ')
    expect(committed()).toEqual(['label:"Dog bark"'])
  })

  it('adds what the host knows, but not to a list that is closed', async () => {
    const { wrapper, input } = setUp()
    input.element.focus()
    const ask = async (text: string): Promise<void> => {
      await input.setValue(text)
      input.element.setSelectionRange(text.length, text.length)
    }
    const answer = async (): Promise<void> => {
      answers.pop()!([{ value: 'Harbour', detail: '' }])
      await vi.advanceTimersByTimeAsync(0)
    }
    await ask('site:')
    await answer()
    expect(wrapper.findAll('[role="option"]').map((option) => option.text())).toEqual(['Harbour'])
    await ask('sotr:')
    await input.trigger('keydown', { key: 'Escape' })
    await answer()
    expect(input.attributes('aria-expanded')).toBe('false')
    expect(input.element.value).toBe('sotr:')
  })

  it('follows its model, but not while that is what is being typed', async () => {
    const { wrapper, input } = setUp('dog')
    await wrapper.setProps({ modelValue: 'label:rain' })
    expect(input.element.value).toBe('label:rain')
    await input.setValue('label:rain ')
    await wrapper.setProps({ modelValue: 'label:rain' })
    expect(input.element.value).toBe('label:rain ')
  })

  it('clears with Escape after the completions are closed', async () => {
    const { input, committed } = setUp('dog')
    await input.trigger('keydown', { key: 'Escape' })
    expect(input.element.value).toBe('')
    expect(committed()).toEqual([''])
  })
})
