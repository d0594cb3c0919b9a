// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Handlers } from '../shared/contract/contract'
import { AppError } from '../shared/errors'
import type { Channel } from '../shared/rpc/channel'
import { createLocalPair } from '../shared/rpc/local-pair'
import { type Announce, serve } from '../shared/rpc/server'
import { createHostLink } from './client'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function setUp(failures = 0) {
  const state = {
    failuresLeft: failures,
    opened: 0,
    announce: null as Announce | null,
    hostEnd: null as Channel | null,
  }
  const link = createHostLink(async () => {
    if (state.failuresLeft-- > 0) throw new AppError('disconnected', 'no')
    state.opened++
    const [hostEnd, pageEnd] = createLocalPair()
    const handlers = { ontology: { list: () => [] } } as unknown as Handlers
    state.announce = serve(hostEnd, { handlers, author: () => 'test' })
    state.hostEnd = hostEnd
    return pageEnd
  })
  return { link, state }
}

describe('createHostLink', () => {
  it('lets calls wait until the line is there', async () => {
    const { link } = setUp(1)
    const answer = link.client.ontology.list()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await answer).toEqual([])
    expect(link.state.value).toBe('open')
  })

  it('gives up on waiting calls when the host stays away, but goes on trying', async () => {
    const { link } = setUp(4)
    const refused = expect(link.client.ontology.list()).rejects.toMatchObject({ code: 'disconnected' })
    await vi.advanceTimersByTimeAsync(3000)
    await refused
    expect(link.state.value).toBe('lost')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(link.state.value).toBe('open')
  })

  it('comes back after a loss: calls, events and those who want to know', async () => {
    const { link, state } = setUp()
    const heard = vi.fn()
    const returned = vi.fn()
    link.on('ontology.changed', heard)
    link.onReconnect(returned)
    await vi.advanceTimersByTimeAsync(10)
    state.announce?.('ontology.changed', {})
    await vi.advanceTimersByTimeAsync(1)
    expect(heard).toHaveBeenCalledTimes(1)

    state.hostEnd?.close()
    expect(link.state.value).toBe('lost')
    await vi.advanceTimersByTimeAsync(1000)
    expect([link.state.value, state.opened, returned.mock.calls.length]).toEqual(['open', 2, 1])
    state.announce?.('ontology.changed', {})
    await vi.advanceTimersByTimeAsync(1)
    expect(heard).toHaveBeenCalledTimes(2)
    expect(await link.client.ontology.list()).toEqual([])
  })

  it('stops hearing when asked to', async () => {
    const { link, state } = setUp()
    const heard = vi.fn()
    const stop = link.on('ontology.changed', heard)
    await vi.advanceTimersByTimeAsync(10)
    stop()
    state.announce?.('ontology.changed', {})
    await vi.advanceTimersByTimeAsync(1)
    expect(heard).not.toHaveBeenCalled()
  })
})
