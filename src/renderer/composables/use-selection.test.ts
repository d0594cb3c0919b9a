import { describe, expect, it } from 'vitest'
import { formatCount } from '../display-format'
import { useSelection } from './use-selection'

function setUp(total = 20, known = total) {
  const refused: string[] = []
  const selection = useSelection({
    idAt: (index) => (index < known ? `c${index}` : undefined),
    idsBetween: async (a, b) => {
      const [first, last] = a < b ? [a, b] : [b, a]
      return Array.from({ length: last - first + 1 }, (_, index) => `c${first + index}`)
    },
    total: () => total,
    refuse: (reason) => void refused.push(reason),
  })
  const selected = async (): Promise<string[]> => {
    await Promise.resolve()
    await Promise.resolve()
    return [...selection.ids.value]
  }
  return { selection, selected, refused }
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

  it('selects all of a long list without asking who they are, but those taken out again', async () => {
    const { selection, selected } = setUp(2_000_000)
    await selection.selectAll()
    expect([selection.count.value, selection.ids.value.size]).toEqual([2_000_000, 0])
    expect(selection.has('c1234567')).toBe(true)
    selection.select(3, { toggle: true })
    selection.select(4, { toggle: true })
    selection.select(4, { toggle: true })
    expect(selection.except.value).toEqual(new Set(['c3']))
    expect([selection.count.value, selection.has('c3'), selection.has('c4')]).toEqual([1_999_999, false, true])
    selection.select(5)
    expect([selection.except.value, await selected()]).toEqual([null, ['c5']])
    await selection.selectAll()
    selection.clear()
    expect([selection.count.value, selection.has('c1')]).toEqual([0, false])
  })

  it('says why a span of very many is not selected', async () => {
    const { selection, selected, refused } = setUp(2_000_000)
    selection.select(0)
    selection.select(99_999, { shift: true })
    await selected()
    expect(selection.count.value).toBe(100_000)
    selection.select(100_000, { shift: true })
    await selected()
    expect([selection.count.value, refused]).toEqual([
      100_000,
      [`At most ${formatCount(100_000)} can be selected as a span.`],
    ])
  })

  it('selects all and clears', async () => {
    const { selection } = setUp(3)
    await selection.selectAll()
    expect(selection.count.value).toBe(3)
    selection.clear()
    expect(selection.count.value).toBe(0)
  })
})
