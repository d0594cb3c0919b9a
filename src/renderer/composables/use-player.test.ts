// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { mediaUrl, usePlayer } from './use-player'
import { useToaster } from './use-toaster'

const clip = (id: string, seconds = 5) => ({
  id,
  recordingPath: `${id}.wav`,
  startSeconds: 10,
  endSeconds: 10 + seconds,
})
const player = usePlayer()
const { media, state } = player
// happy-dom plays nothing: the element is told what a browser would do.
let isPaused = true
Object.defineProperty(media, 'paused', { get: () => isPaused })
media.play = vi.fn(async () => {
  isPaused = false
  media.dispatchEvent(new Event('play'))
})
media.pause = vi.fn(() => {
  isPaused = true
  media.dispatchEvent(new Event('pause'))
})
const play = media.play as ReturnType<typeof vi.fn>

beforeEach(() => {
  player.unload()
  player.setLooping(false)
  play.mockClear()
})

describe('usePlayer', () => {
  it('plays a clip from its own start, whatever window of a recording it is', () => {
    player.play(clip('a'))
    expect(media.src).toContain(mediaUrl('a'))
    expect([state.isPlaying, state.durationSeconds, state.positionSeconds]).toEqual([true, 5, 0])
  })

  it('pauses and goes on with the same clip, and starts another', () => {
    player.toggle(clip('a'))
    player.seek(2)
    player.toggle(clip('a'))
    expect([state.isPlaying, state.positionSeconds]).toEqual([false, 2])
    player.toggle(clip('b'))
    expect([state.clip?.id, state.isPlaying, state.positionSeconds]).toEqual(['b', true, 0])
  })

  it('loads without playing, and keeps to the clip when it seeks', () => {
    player.load(clip('a'))
    expect(play).not.toHaveBeenCalled()
    player.seek(99)
    expect(state.positionSeconds).toBe(5)
    player.seek(-1)
    expect(state.positionSeconds).toBe(0)
  })

  it('begins a span at its start and forgets it with the next plain play', () => {
    player.play(clip('a'), { span: { startSeconds: 1, endSeconds: 2 } })
    expect([state.positionSeconds, state.span?.endSeconds]).toEqual([1, 2])
    player.play()
    expect(state.span).toBeNull()
  })

  it('keeps the rate over clips and within its bounds', () => {
    player.setRate(0.5)
    player.load(clip('c'))
    expect(media.playbackRate).toBe(0.5)
    player.setRate(9)
    expect(state.rate).toBe(2)
    player.setRate(1)
  })

  it('says that a clip cannot be played only to who wanted to hear it', () => {
    Object.defineProperty(media, 'error', { value: { code: 4 }, configurable: true })
    const count = (): number => useToaster().state.toasts.length
    player.load(clip('gone'))
    media.dispatchEvent(new Event('error'))
    expect(count()).toBe(0)
    player.play()
    media.dispatchEvent(new Event('error'))
    expect([count(), state.isPlaying]).toEqual([1, false])
    Object.defineProperty(media, 'error', { value: null, configurable: true })
  })
})
