import { describe, expect, it } from 'vitest'
import { useSelection } from './use-selection'

function setUp(total = 20, known = total) {
  const selection = useSelection({
    idAt: (index) => (index < known ? `c${index}` : undefined),
    idsBetween: async (a, b) => {
      const [first, last] = a < b ? [a, b] : [b, a]
      return Array.from({ length: last - first + 1 }, (_, index) => `c${first + index}`)
    },
    total: () => total,
  })
  const selected = async (): Promise<string[]> => {
    await Promise.resolve()
    await Promise.resolve()
    return [...selection.ids.value]
  }
  return { selection, selected }
}

describe('useSelection', () => {
  it('selects one with a click, adds and takes away with Ctrl', async () => {
    const { selection, selected } = setUp()
    selection.select(2)
    selection.select(5, { toggle: true })
    expect(await selected()).toEqual(['c2', 'c5'])
    selection.select(2, { toggle: true })
    expect(await selected()).toEqual(['c5'])
  })

  it('spans from the anchor with Shift, and back', async () => {
    const { selection, selected } = setUp()
    selection.select(4)
    selection.move(1, { shift: true })
    selection.move(1, { shift: true })
    expect(await selected()).toEqual(['c4', 'c5', 'c6'])
    selection.move(-1, { shift: true })
    expect(await selected()).toEqual(['c4', 'c5'])
    selection.select(2, { shift: true })
    expect(await selected()).toEqual(['c2', 'c3', 'c4'])
  })

  it('adds a span to what is selected with Ctrl and Shift', async () => {
    const { selection, selected } = setUp()
    selection.select(0)
    selection.select(4, { toggle: true })
    selection.select(6, { shift: true, toggle: true })
    expect(await selected()).toEqual(['c0', 'c4', 'c5', 'c6'])
  })

  it('stays inside the list', () => {
    const { selection } = setUp(3)
    selection.move(-1)
    expect(selection.focusIndex.value).toBe(0)
    selection.move(100)
    expect(selection.focusIndex.value).toBe(2)
    selection.select(3)
    expect(selection.focusIndex.value).toBe(2)
  })

  it('selects rows that are not here yet, unless something else was selected first', async () => {
    const { selection, selected } = setUp(20, 10)
    selection.select(15)
    expect(await selected()).toEqual(['c15'])
    selection.select(16)
    selection.select(1)
    expect(await selected()).toEqual(['c1'])
  })

  it('selects all and clears', async () => {
    const { selection } = setUp(3)
    await selection.selectAll()
    expect(selection.count.value).toBe(3)
    selection.clear()
    expect(selection.count.value).toBe(0)
  })
})
