// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import ConfusionMatrix from './ConfusionMatrix.vue'

const classes = ['dog', 'rain', 'rooster']
const matrix = [
  [6, 2, 0],
  [1, 3, 0],
  [0, 0, 5],
]

function show(props: Partial<InstanceType<typeof ConfusionMatrix>['$props']> = {}) {
  return mount(ConfusionMatrix, {
    props: { classes, matrix, by: 'count', order: [0, 1, 2], hidesDiagonal: false, selected: null, ...props },
    global: { plugins: [createPinia()] },
    attachTo: document.body,
  })
}
const texts = (wrapper: ReturnType<typeof show>): string[] => wrapper.findAll('td button').map((cell) => cell.text())

describe('the matrix on the page', () => {
  it('is a grid with named cells; an empty cell off the diagonal shows nothing', () => {
    const wrapper = show()
    expect(wrapper.get('[role="grid"]').attributes('aria-label')).toBe('Confusion matrix')
    expect(texts(wrapper)).toEqual(['6', '2', '', '1', '3', '', '', '', '5'])
    expect(wrapper.find('button[aria-label="true dog, predicted rain: 2 clips"]').exists()).toBe(true)
    wrapper.unmount()
  })

  it('shows rows and columns in the order asked for, and shares in per cent', () => {
    const wrapper = show({ by: 'row', order: [1, 0, 2] })
    expect(texts(wrapper).slice(0, 6)).toEqual(['75', '25', '', '25', '75', ''])
    expect(wrapper.findAll('tbody th').map((header) => header.get('.row-name').text())).toEqual([
      'rain',
      'dog',
      'rooster',
    ])
    wrapper.unmount()
  })

  it('opens a clicked cell by its class indices, whatever the order shown', async () => {
    const wrapper = show({ order: [2, 1, 0] })
    await wrapper.get('button[aria-label="true dog, predicted rain: 2 clips"]').trigger('click')
    expect(wrapper.emitted('open')).toEqual([[0, 1]])
    wrapper.unmount()
  })

  it('has one cell in the tab order, and the arrows move it', async () => {
    const wrapper = show()
    const inOrder = (): string[] =>
      wrapper.findAll('td button[tabindex="0"]').map((cell) => cell.attributes('aria-label')!)
    expect(inOrder()).toEqual(['true dog, predicted dog: 6 clips'])
    await wrapper.get('td button').trigger('keydown', { key: 'ArrowRight' })
    await nextTick()
    expect(inOrder()).toEqual(['true dog, predicted rain: 2 clips'])
    expect(document.activeElement?.getAttribute('aria-label')).toBe('true dog, predicted rain: 2 clips')
    wrapper.unmount()
  })

  it('blanks the diagonal and keeps its names when it is hidden', () => {
    const wrapper = show({ hidesDiagonal: true })
    expect(texts(wrapper)).toEqual(['', '2', '', '1', '', '', '', '', ''])
    expect(wrapper.find('button[aria-label="true dog, predicted dog: 6 clips"]').exists()).toBe(true)
    wrapper.unmount()
  })

  it('follows the numbers when a label is put right', async () => {
    const wrapper = show()
    await wrapper.setProps({
      matrix: [
        [6, 1, 0],
        [1, 4, 0],
        [0, 0, 5],
      ],
    })
    expect(wrapper.find('button[aria-label="true dog, predicted rain: 1 clip"]').exists()).toBe(true)
    wrapper.unmount()
  })
})
