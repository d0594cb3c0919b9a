// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { everyClip } from '../../../shared/contract/clip-query'
import type { ClipDetail } from '../../../shared/contract/clips'
import { AppError } from '../../../shared/errors'
import { installFakeHost, pause } from '../../testing/fake-host-link'
import { withVerdict } from './segment-edits'
import { useOpenClip } from './use-open-clip'

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
let scope: EffectScope
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function setUp() {
  let stored = { id: 'clip', labels: [], doubts: [] } as unknown as ClipDetail
  const mood = { refuses: false, ms: 10 }
  const host = installFakeHost({
    clips: {
      get: async () => structuredClone(stored),
      position: async () => ({ index: 0, total: 1, previousId: null, nextId: null }),
    },
    labels: {
      set: async ({ classId, state }) => {
        const { refuses, ms } = mood
        await pause(ms)
        if (refuses) throw new AppError('no-space', 'The disk is full.')
        stored = withVerdict(stored, classId, classId, state)
        host.announce('clips.changed', { clipIds: ['clip'] })
        return { title: 'Label' }
      },
    },
  })
  scope = effectScope()
  const open = scope.run(() => useOpenClip(ref<string | null>('clip'), ref(everyClip)))!
  const says = (): string[] => open.clip.value!.labels.map(({ name, state }) => `${name} ${state}`).sort()
  return { host, open, says, mood }
}

describe('useOpenClip', () => {
  it('takes back only the judgement that is refused', async () => {
    const { open, says, mood } = setUp()
    await settle()
    mood.refuses = true
    void open.setLabel('dog', 'dog', 'present')
    await settle(5)
    mood.refuses = false
    void open.setLabel('rain', 'rain', 'absent')
    expect(says()).toEqual(['dog present', 'rain absent'])
    await settle(6)
    expect(says()).toEqual(['rain absent'])
    await settle(50)
    expect(says()).toEqual(['rain absent'])
  })

  it('does not let a clip that was read before overwrite a judgement that is on its way', async () => {
    const { host, open, says } = setUp()
    await settle()
    void open.setLabel('dog', 'dog', 'present')
    host.announce('clips.changed', { clipIds: ['clip'] })
    await settle(2)
    expect(says()).toEqual(['dog present'])
    await settle(50)
    expect(says()).toEqual(['dog present'])
  })

  it('names the class whose judgement waits for its answer', async () => {
    const { open, mood } = setUp()
    await settle()
    mood.ms = 200
    void open.setLabel('dog', 'dog', 'present')
    await settle(149)
    expect([...open.unsaved.value]).toEqual([])
    await settle(1)
    expect([...open.unsaved.value]).toEqual(['dog'])
    await settle(50)
    expect([...open.unsaved.value]).toEqual([])
  })

  it('shows the next clip at once as it is known, and as it has become where it was changed meanwhile', async () => {
    const stored = new Map(['a', 'b', 'c'].map((id) => [id, { id, recordingPath: 'old', labels: [], doubts: [] }]))
    const asked: string[] = []
    const host = installFakeHost({
      clips: {
        get: async ({ id }) => {
          asked.push(id)
          const answer = structuredClone(stored.get(id)) as unknown as ClipDetail
          await pause(10)
          return answer
        },
        position: async ({ id }) => {
          const index = 'abc'.indexOf(id)
          return { index, total: 3, previousId: 'abc'[index - 1] ?? null, nextId: 'abc'[index + 1] ?? null }
        },
      },
    })
    scope = effectScope()
    const clipId = ref<string | null>('a')
    const open = scope.run(() => useOpenClip(clipId, ref(everyClip)))!
    await settle(30)
    expect(asked).toEqual(['a', 'b'])
    expect(open.neighbours.next.value?.id).toBe('b')
    clipId.value = 'b'
    await nextTick()
    expect(open.clip.value?.id).toBe('b')
    expect(asked).toEqual(['a', 'b'])
    await settle(30)
    // It needs not be asked for a third time to be left and found again.
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
    stored.get('c')!.recordingPath = 'new'
    host.announce('clips.changed', { clipIds: ['c'] })
    clipId.value = 'c'
    await nextTick()
    expect(open.clip.value?.id).toBe('b')
    await settle(30)
    expect(open.clip.value?.recordingPath).toBe('new')
  })
})
