// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { recipes } from '../../../zoo/recipes'
import { useTrainingDraftStore } from './draft-store'
import RecipeForm from './RecipeForm.vue'

function show() {
  const pinia = createPinia()
  const draft = useTrainingDraftStore(pinia)
  const known = Object.values(recipes)
  draft.choose(known.find((recipe) => recipe.model.kind === 'logmel-cnn')!)
  const wrapper = mount(RecipeForm, {
    props: { recipes: known },
    global: { plugins: [pinia] },
    attachTo: document.body,
  })
  const input = (label: string) => {
    const found = wrapper.findAll('label').find((one) => one.text() === label)!
    return wrapper.get(`[id="${found.attributes('for')}"]`)
  }
  return { wrapper, draft, input }
}

describe('the recipe form', () => {
  it('says what is wrong beside the field, and marks it for those who hear the page', async () => {
    const { wrapper, input } = show()
    await input('Dropout').setValue('2')
    const field = input('Dropout')
    expect(field.attributes('aria-invalid')).toBe('true')
    const issue = wrapper.get('[role="alert"]')
    expect(issue.text()).toBe('At most 0.9.')
    expect(field.attributes('aria-describedby')).toContain(issue.attributes('id'))
    wrapper.unmount()
  })

  it('marks a change with its default, and goes back to it', async () => {
    const { wrapper, draft, input } = show()
    const before = (input('Seed').element as HTMLInputElement).value
    await input('Seed').setValue('4711')
    expect(wrapper.text()).toContain(`default ${before}`)
    await wrapper.get(`button[aria-label="Reset Seed to ${before}"]`).trigger('click')
    expect((input('Seed').element as HTMLInputElement).value).toBe(before)
    expect(draft.reading.changed).toEqual([])
    wrapper.unmount()
  })

  it('shows the fields of the recipe that is chosen', async () => {
    const { wrapper } = show()
    expect(wrapper.text()).toContain('Dropout')
    await wrapper.get('input[value="mfcc-logistic"]').trigger('change')
    expect(wrapper.text()).toContain('MFCCs')
    expect(wrapper.text()).not.toContain('Dropout')
    wrapper.unmount()
  })

  it('takes a front end by name, shows its fields, its hash and what it gives', async () => {
    const { wrapper, draft, input } = show()
    await wrapper.get('button[aria-expanded="false"]').trigger('click')
    const hash = () => wrapper.get('[data-testid="front-end-hash"]').text()
    const before = hash()
    expect(before).toBe('e1c61d3a')
    await input('Kind').setValue('pcen')
    expect(hash()).not.toBe(before)
    expect(wrapper.text()).toContain('40 values a frame')
    expect(wrapper.text()).toContain('As Wang et al. 2017')
    await input('PCEN gain').setValue('0.8')
    expect(draft.request?.recipe.frontEnd).toMatchObject({ level: { kind: 'pcen', gain: 0.8 } })
    await input('Level').setValue('decibel')
    expect(wrapper.text()).not.toContain('PCEN gain')
    await input('Bands').setValue('400')
    expect(wrapper.text()).toMatch(/\d+ bands hear nothing/)
    wrapper.unmount()
  })

  it('says why parts of a front end do not fit each other', async () => {
    const { wrapper, draft, input } = show()
    await wrapper.get('button[aria-expanded="false"]').trigger('click')
    await input('Kind').setValue('mfcc-librosa')
    await input('Cepstrum: coefficients').setValue('500')
    expect(wrapper.get('[role="alert"]').text()).toContain('the number of coefficients must be 1 to 128, not 500')
    expect(draft.request).toBeNull()
    wrapper.unmount()
  })
})
