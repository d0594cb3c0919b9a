// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import type { Annotation } from '../../../shared/contract/annotations'
import { AppError } from '../../../shared/errors'
import { useToaster } from '../../composables/use-toaster'
import { installFakeHost, pause } from '../../testing/fake-host-link'
import { splitInTwo, withVerdict } from './segment-edits'
import { labelMark, useAnnotations } from './use-annotations'

const segment = (id: string, startSeconds: number): Annotation => ({
  id,
  clipId: 'clip',
  startSeconds,
  endSeconds: startSeconds + 1,
  lowHz: null,
  highHz: null,
  tier: 'human',
  author: 'me',
  score: null,
  note: '',
  labels: [],
  doubts: [],
  origin: null,
  proposal: null,
  verdict: null,
  judged: null,
})

// Time passes only here, so that a busy machine cannot change the order of things.
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
let scope: EffectScope
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function setUp(refuse = false) {
  const stored = [segment('b', 2), segment('a', 0)]
  /** What the host does with the calls that come from now on. */
  const mood = { refuses: refuse, isGone: false, ms: 10 }
  const answer = async <T>(value: () => T): Promise<T> => {
    const { refuses, ms } = mood
    await pause(ms)
    if (refuses) throw new AppError('no-space', 'The disk is full.')
    return value()
  }
  const host = installFakeHost({
    annotations: {
      list: async () => {
        if (mood.isGone) throw new AppError('internal', 'The host is gone.')
        return structuredClone(stored)
      },
      create: (input) =>
        answer(() => {
          const made = { ...segment(input.id ?? 'new', input.startSeconds), endSeconds: input.endSeconds }
          stored.push(made)
          return made
        }),
      update: ({ id, ...change }) =>
        answer(() => {
          const index = stored.findIndex((other) => other.id === id)
          return (stored[index] = { ...stored[index]!, ...change })
        }),
      split: ({ id, atSeconds, newId }) =>
        answer(() => {
          const parts = splitInTwo(
            stored.find((other) => other.id === id)!,
            atSeconds,
            newId!,
          )
          stored.splice(
            stored.findIndex((other) => other.id === id),
            1,
            ...parts,
          )
          return parts
        }),
      remove: ({ ids }) =>
        answer(() => {
          for (const id of ids)
            stored.splice(
              stored.findIndex((other) => other.id === id),
              1,
            )
          return { title: 'Remove' }
        }),
      setLabel: ({ id, classId, state }) =>
        answer(() => {
          const found = stored.find((other) => other.id === id)!
          Object.assign(found, withVerdict(found, classId, 'dog', state))
          return found
        }),
    },
  })
  scope = effectScope()
  const annotations = scope.run(() => useAnnotations(ref<string | null>('clip')))!
  const ids = (): string[] => annotations.list.value.map((other) => other.id)
  return { host, annotations, ids, stored, mood }
}

describe('useAnnotations', () => {
  it('lists by time', async () => {
    const { ids } = setUp()
    await settle()
    expect(ids()).toEqual(['a', 'b'])
  })

  it('shows a new segment at once, and labels it before the answer is back', async () => {
    const { annotations, ids, stored } = setUp()
    await settle()
    const id = '01a1fa11-94ca-77d8-adad-56e470bcd06b'
    const creating = annotations.create(id, { startSeconds: 1, endSeconds: 1.5, lowHz: null, highHz: null })
    expect(ids()).toEqual(['a', id, 'b'])
    const labeling = annotations.setLabel(id, 'c1', 'dog', 'present')
    await settle(10)
    expect((await creating)?.id).toBe(id)
    await labeling
    await settle()
    expect(ids()).toEqual(['a', id, 'b'])
    expect(annotations.list.value[1]!.labels.map((label) => label.name)).toEqual(['dog'])
    expect(stored.find((other) => other.id === id)?.labels).toHaveLength(1)
  })

  it('takes back what the host refuses, and says why', async () => {
    const { annotations, ids } = setUp(true)
    await settle()
    const removing = annotations.remove(['a'])
    expect(ids()).toEqual(['b'])
    await settle(10)
    await removing
    expect(ids()).toEqual(['a', 'b'])
    expect(useToaster().state.toasts.at(-1)).toMatchObject({ tone: 'error', title: 'The segment was not deleted' })
    const updating = annotations.update('a', { endSeconds: 9 })
    await settle(10)
    await updating
    expect(annotations.list.value[0]!.endSeconds).toBe(1)
  })

  it('does not let an older list overwrite an edit that is on its way', async () => {
    const { host, annotations } = setUp()
    await settle()
    const updating = annotations.update('a', { endSeconds: 1.75 })
    host.announce('annotations.changed', { clipId: 'clip' })
    await settle(2)
    expect(annotations.list.value[0]!.endSeconds).toBe(1.75)
    await settle(10)
    await updating
    await settle(5)
    expect(annotations.list.value[0]!.endSeconds).toBe(1.75)
  })

  it('shows a label at once, and unknown as no label', async () => {
    const { annotations } = setUp()
    await settle()
    const labeling = annotations.setLabel('a', 'd', 'dog', 'absent')
    expect(annotations.list.value[0]!.labels).toMatchObject([{ classId: 'd', state: 'absent' }])
    await settle(10)
    await labeling
    void annotations.setLabel('a', 'd', 'dog', 'unknown')
    await settle(10)
    expect(annotations.list.value[0]!.labels).toEqual([])
  })

  it('shows both parts of a split at once, and one again when it is refused', async () => {
    for (const isRefused of [false, true]) {
      const { annotations, ids } = setUp(isRefused)
      await settle()
      const splitting = annotations.split('b', 2.25, 'late')
      expect(ids()).toEqual(['a', 'b', 'late'])
      expect(annotations.list.value.map(({ endSeconds }) => endSeconds)).toEqual([1, 2.25, 3])
      await settle(10)
      await splitting
      await settle()
      expect(ids()).toEqual(isRefused ? ['a', 'b'] : ['a', 'b', 'late'])
      scope.stop()
    }
  })

  it('keeps what cannot be told apart from the labels', async () => {
    const { annotations } = setUp()
    await settle()
    void annotations.setLabel('a', 'd', 'dog', 'unsure')
    expect(annotations.list.value[0]!).toMatchObject({ labels: [], doubts: [{ name: 'dog' }] })
    await settle(10)
    void annotations.setLabel('a', 'd', 'dog', 'present')
    await settle(10)
    expect(annotations.list.value[0]!).toMatchObject({ labels: [{ name: 'dog', state: 'present' }], doubts: [] })
  })

  it('hears only its own clip', async () => {
    const { host, stored, ids } = setUp()
    await settle()
    stored.push(segment('c', 5))
    host.announce('annotations.changed', { clipId: 'other' })
    await settle()
    expect(ids()).toEqual(['a', 'b'])
    host.announce('annotations.changed', { clipId: null })
    await settle()
    expect(ids()).toEqual(['a', 'b', 'c'])
  })
  it('leaves nothing of two edits that are both refused while the host cannot be asked', async () => {
    const { annotations, ids, mood } = setUp(true)
    await settle()
    mood.isGone = true
    const id = '01a1fa11-94ca-77d8-adad-56e470bcd06b'
    void annotations.create(id, { startSeconds: 1, endSeconds: 1.5, lowHz: null, highHz: null })
    await settle(5)
    void annotations.setLabel(id, 'c1', 'dog', 'present')
    expect(ids()).toEqual(['a', id, 'b'])
    await settle(50)
    expect(ids()).toEqual(['a', 'b'])
  })

  it('keeps a second edit on the screen when the first is refused', async () => {
    const { annotations, mood } = setUp()
    const ends = (): number[] => annotations.list.value.map(({ endSeconds }) => endSeconds)
    await settle()
    mood.refuses = true
    void annotations.update('a', { endSeconds: 9 })
    await settle(5)
    mood.refuses = false
    void annotations.update('b', { endSeconds: 2.5 })
    expect(ends()).toEqual([9, 2.5])
    await settle(6)
    expect(ends()).toEqual([1, 2.5])
    await settle(50)
    expect(ends()).toEqual([1, 2.5])
  })

  it('takes a list from before an edit only with the edit', async () => {
    const { host, annotations, stored } = setUp()
    await settle()
    stored.push(segment('c', 5))
    // Asked for before the edit, answered before the host has made it.
    host.announce('annotations.changed', { clipId: 'clip' })
    void annotations.update('a', { endSeconds: 1.75 })
    await settle(2)
    expect(annotations.list.value.map(({ endSeconds }) => endSeconds)).toEqual([1.75, 3, 6])
    await settle(50)
    expect(annotations.list.value.map(({ endSeconds }) => endSeconds)).toEqual([1.75, 3, 6])
  })

  it('says of an edit that waits for its answer that it is not kept yet, and of a quick one nothing', async () => {
    const { annotations, mood } = setUp()
    const marks = (): string[] => [...annotations.unsaved.value]
    await settle()
    void annotations.update('a', { endSeconds: 1.5 })
    await settle(9)
    expect(marks()).toEqual([])
    mood.ms = 400
    void annotations.update('b', { endSeconds: 2.5 })
    void annotations.setLabel('a', 'd', 'dog', 'present')
    await settle(149)
    expect(marks()).toEqual([])
    await settle(1)
    expect(marks()).toEqual(['b', labelMark('a', 'd')])
    await settle(250)
    expect(marks()).toEqual([])
  })
})
