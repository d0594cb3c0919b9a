import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { useCurrent } from './use-current'

const list = (...ids: string[]) => ids.map((id) => ({ id }))

describe('the item that is looked at', () => {
  it('begins with the first, moves, and stays inside the list', () => {
    const { current, move, index } = useCurrent(ref(list('a', 'b', 'c')))
    expect(current.value?.id).toBe('a')
    expect(move(1)?.id).toBe('b')
    expect(move(5)?.id).toBe('c')
    expect(move(-9)?.id).toBe('a')
    expect(index.value).toBe(0)
  })

  it('is the next one when its own has left', () => {
    const items = ref(list('a', 'b', 'c'))
    const { current, select, release } = useCurrent(items)
    select('b')
    release()
    items.value = list('a', 'c')
    expect(current.value?.id).toBe('c')
    release()
    items.value = list('a')
    expect(current.value?.id).toBe('a')
    items.value = []
    expect(current.value).toBeNull()
  })
})
