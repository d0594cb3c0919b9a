// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { everyClip } from '../../../shared/contract/clip-query'
import type { ClipPage, ClipRow } from '../../../shared/contract/clips'
import { installFakeHost } from '../../testing/fake-host-link'
import { useClipList } from '../../composables/use-clip-list'
import { useQueuePlace } from './use-queue-place'

let scope: EffectScope
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(200)

/** A queue whose clips the test takes out and puts in. */
async function setUp(count: number) {
  const names = Array.from({ length: count }, (_, index) => `clip ${index}`)
  installFakeHost({
    clips: {
      list: ({ offset, limit }): Promise<ClipPage> =>
        Promise.resolve({
          total: names.length,
          rows: names.slice(offset, offset + limit).map((id) => ({ id }) as ClipRow),
        }),
    },
  })
  scope = effectScope()
  const { list, place } = scope.run(() => {
    const list = useClipList(ref(everyClip))
    return { list, place: useQueuePlace(list) }
  })!
  await settle()
  const current = (): [string | undefined, number] => [place.current.value?.id, place.index.value]
  return { names, list, place, current }
}

it('begins with the first, and goes to any, however far', async () => {
  const { place, current } = await setUp(5000)
  expect(current()).toEqual(['clip 0', 0])
  place.move(-1)
  place.move(1)
  expect(current()).toEqual(['clip 1', 1])
  place.select(4321)
  await settle()
  expect(current()).toEqual(['clip 4321', 4321])
  place.move(1_000_000)
  await settle()
  expect(current()).toEqual(['clip 4999', 4999])
})

it('shows the one that takes the place of a clip that has left, at the end the one before', async () => {
  const { names, place, current } = await setUp(3)
  place.select(1)
  names.splice(1, 1)
  place.release()
  expect(place.isLeaving.value).toBe(true)
  await settle()
  expect(place.isLeaving.value).toBe(false)
  expect(current()).toEqual(['clip 2', 1])
  names.splice(1, 1)
  place.release()
  await settle()
  expect(current()).toEqual(['clip 0', 0])
  names.splice(0)
  place.release()
  await settle()
  expect(place.current.value).toBeNull()
})

it('goes on to the next where a clip stays in the list', async () => {
  const { place, current } = await setUp(2)
  place.release()
  await settle()
  expect(current()).toEqual(['clip 1', 1])
  place.release()
  await settle()
  expect(current()).toEqual(['clip 1', 1])
  expect(place.isLeaving.value).toBe(false)
})

it('stays with its clip when others come and go around it', async () => {
  const { names, list, place, current } = await setUp(10)
  place.select(5)
  names.splice(0, 2)
  list.refresh()
  await settle()
  expect(current()).toEqual(['clip 5', 3])
  names.unshift('new', 'newer')
  list.refresh()
  await settle()
  expect(current()).toEqual(['clip 5', 5])
})
