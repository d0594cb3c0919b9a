// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { everyClip, parseClipQuery, type ClipQuery } from '../../shared/contract/clip-query'
import type { ClipPage, ClipRow } from '../../shared/contract/clips'
import { AppError } from '../../shared/errors'
import { installFakeHost, pause } from '../testing/fake-host-link'
import { useClipList } from './use-clip-list'

const row = (name: string): ClipRow => ({
  id: name,
  recordingId: name,
  recordingPath: `${name}.wav`,
  startSeconds: 0,
  endSeconds: 1,
  fold: null,
  group: null,
  labels: [],
  annotationCount: 0,
  isMissing: false,
  isFullyAnnotated: false,
  prediction: null,
})

// Time passes only here, so that a busy machine cannot change the order of things.
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
let scope: EffectScope
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

interface Source {
  total: number
  prefix: string
  failure: AppError | null
  delayMs(query: ClipQuery): number
}

function setUp(options: Partial<Source> = {}) {
  const source: Source = { total: 1000, prefix: '', failure: null, delayMs: () => 0, ...options }
  const host = installFakeHost({
    clips: {
      list: async ({ query, offset, limit }): Promise<ClipPage> => {
        const full: ClipQuery = { ...everyClip, ...query }
        await pause(source.delayMs(full))
        if (source.failure) throw source.failure
        const total = full.text ? 3 : source.total
        const count = Math.max(0, Math.min(limit, total - offset))
        const name = (index: number): string => `${source.prefix}${full.text}${offset + index}`
        return { total, rows: Array.from({ length: count }, (_, index) => row(name(index))) }
      },
      ids: async ({ offset = 0, limit }) =>
        Array.from({ length: limit ?? source.total - offset }, (_, index) => `${source.prefix}${offset + index}`),
    },
  })
  const query = ref<ClipQuery>(everyClip)
  scope = effectScope()
  const list = scope.run(() => useClipList(query))!
  const offsets = (): number[] =>
    host.calls.filter(([name]) => name === 'clips.list').map(([, input]) => (input as { offset: number }).offset)
  return { source, host, query, list, offsets }
}

describe('useClipList', () => {
  it('fetches the pages in view, each once', async () => {
    const { list, offsets } = setUp()
    await settle()
    expect(list.total.value).toBe(1000)
    expect(list.row(99)?.id).toBe('99')
    expect(list.row(100)).toBeUndefined()
    list.ensure(480, 520)
    list.ensure(481, 521)
    await settle()
    expect(offsets()).toEqual([0, 400, 500])
    expect(list.row(505)?.id).toBe('505')
  })

  it('keeps the old rows until changed ones have come', async () => {
    const { source, host, list } = setUp({ delayMs: () => 20 })
    await settle(40)
    source.prefix = 'new-'
    host.announce('clips.changed', { clipIds: null })
    await settle(70)
    expect(list.row(0)?.id).toBe('0')
    await settle(40)
    expect(list.row(0)?.id).toBe('new-0')
    expect(list.total.value).toBe(1000)
  })

  it('keeps the old rows until another query has answered', async () => {
    const { query, list } = setUp({ delayMs: () => 20 })
    await settle(40)
    query.value = parseClipQuery('rain')
    await settle(5)
    expect([list.row(0)?.id, list.status.value]).toEqual(['0', 'loading'])
    await settle(40)
    expect([list.row(0)?.id, list.total.value, list.status.value]).toEqual(['rain0', 3, 'ready'])
  })

  it('drops the answer to a query that was replaced meanwhile', async () => {
    const { query, list } = setUp({ delayMs: (asked) => (asked.text === 'slow' ? 60 : 5) })
    await settle(10)
    query.value = parseClipQuery('slow')
    await settle(5)
    query.value = parseClipQuery('fast')
    await settle(90)
    expect(list.row(0)?.id).toBe('fast0')
  })

  it('says what went wrong and recovers', async () => {
    const { source, host, list } = setUp({ failure: new AppError('no-catalog', 'No catalog is open.') })
    await settle()
    expect([list.status.value, list.error.value?.code]).toEqual(['error', 'no-catalog'])
    source.failure = null
    host.reconnect()
    await settle(80)
    expect([list.status.value, list.row(0)?.id]).toEqual(['ready', '0'])
  })

  it('knows the ids of a span from its rows, and asks where they are not here', async () => {
    const { host, list } = setUp()
    await settle()
    expect(await list.idsBetween(3, 1)).toEqual(['1', '2', '3'])
    expect(host.calls.some(([name]) => name === 'clips.ids')).toBe(false)
    expect(await list.idsBetween(98, 102)).toEqual(['98', '99', '100', '101', '102'])
    expect(host.calls.some(([name]) => name === 'clips.ids')).toBe(true)
  })
})
