// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Engine, EngineEvents, HeardPlace } from '../sound/sound-engine'
import type { Listening, SoundPiece } from '../sound/sound-plan'
import { newListeningChoices, usePlayer } from './use-player'
import { useToaster } from './use-toaster'

/** An engine that plays nothing and says what it was told. */
const fake = vi.hoisted(() => ({
  events: null as EngineEvents | null,
  plays: [] as { pieces: SoundPiece[]; listening: Listening; isJoin: boolean }[],
  appended: [] as SoundPiece[],
  prefetched: [] as string[],
  place: null as HeardPlace | null,
  gain: 1,
  isStopped: false,
}))
vi.mock('../sound/sound-engine', () => ({
  SoundEngine: class implements Engine {
    constructor(events: EngineEvents) {
      fake.events = events
    }
    prefetch = (clipId: string): void => void fake.prefetched.push(clipId)
    play(pieces: SoundPiece[], listening: Listening, isJoin = false): void {
      fake.plays.push({ pieces, listening, isJoin })
      fake.isStopped = false
    }
    append = (piece: SoundPiece): void => void fake.appended.push(piece)
    stop = (): void => void (fake.isStopped = true)
    setGain = (gain: number): void => void (fake.gain = gain)
    place = (): HeardPlace | null => fake.place
    joinPlace = (): HeardPlace | null => fake.place
    peak = (): number => 0
    forget(): void {}
  },
}))

const clip = (id: string, seconds = 5) => ({
  id,
  recordingPath: `${id}.wav`,
  startSeconds: 10,
  endSeconds: 10 + seconds,
})
const player = usePlayer()
const { state } = player
const lastPlay = () => fake.plays.at(-1)!
const isThere = (clipId: string): void =>
  fake.events!.onFacts(clipId, { sampleRateHz: 8000, channelCount: 1, frames: 24_000 })
const lastPiece = () => lastPlay().pieces[0]!

beforeEach(() => {
  player.unload()
  player.setLooping(false)
  player.choose(newListeningChoices())
  player.setRate(1)
  player.setChannel(null)
  Object.assign(fake, { plays: [], appended: [], prefetched: [], place: null })
})

describe('usePlayer', () => {
  it('plays a clip from its own start, whatever window of a recording it is', () => {
    player.play(clip('a'))
    expect(lastPiece()).toEqual({ clipId: 'a', fromSeconds: 0, span: null, isLooping: false, band: null })
    expect([state.isPlaying, state.durationSeconds, state.positionSeconds]).toEqual([true, 5, 0])
  })

  it('pauses where it is heard and goes on there, and starts another', () => {
    player.toggle(clip('a'))
    fake.place = { clipId: 'a', seconds: 2 }
    player.toggle(clip('a'))
    expect([state.isPlaying, state.positionSeconds, fake.isStopped]).toEqual([false, 2, true])
    player.toggle(clip('a'))
    expect(lastPiece().fromSeconds).toBe(2)
    player.toggle(clip('b'))
    expect([state.clip?.id, state.isPlaying, state.positionSeconds]).toEqual(['b', true, 0])
  })

  it('loads without playing, and keeps to the clip when it seeks', () => {
    player.load(clip('a'))
    expect([fake.plays.length, fake.prefetched]).toEqual([0, ['a']])
    player.seek(99)
    expect(state.positionSeconds).toBe(5)
    player.seek(-1)
    expect(state.positionSeconds).toBe(0)
  })

  it('plays a span once, rolled in and out, and stands at its start again', () => {
    player.choose({ ...newListeningChoices(), preRollSeconds: 0.5, postRollSeconds: 0.25 })
    player.play(clip('a'), { span: { startSeconds: 1, endSeconds: 2 } })
    expect(lastPiece()).toMatchObject({ fromSeconds: 0.5, span: { startSeconds: 1, endSeconds: 2.25 } })
    fake.events!.onEnded()
    expect([state.isPlaying, state.positionSeconds, state.span]).toEqual([false, 1, null])
  })

  it('loops a span without rolls, and jumps into it from outside', () => {
    player.choose({ ...newListeningChoices(), preRollSeconds: 0.5 })
    player.play(clip('a'))
    fake.place = { clipId: 'a', seconds: 3 }
    player.setLooping(true, { startSeconds: 1, endSeconds: 2 })
    expect(lastPiece()).toMatchObject({ fromSeconds: 1, isLooping: true, span: { startSeconds: 1, endSeconds: 2 } })
    fake.place = { clipId: 'a', seconds: 1.5 }
    player.setRate(0.5)
    expect(lastPlay()).toMatchObject({ isJoin: true, listening: { rate: 0.5, keepsPitch: true } })
    expect(lastPiece().fromSeconds).toBe(1.5)
  })

  it('hears the box alone while that is chosen, changed over without a gap', () => {
    player.play(clip('a'))
    player.setBox({ lowHz: 800, highHz: 2000 })
    expect(fake.plays).toHaveLength(1)
    fake.place = { clipId: 'a', seconds: 1 }
    player.choose({ ...newListeningChoices(), playsBoxOnly: true })
    expect(lastPlay().isJoin).toBe(true)
    expect(lastPiece()).toMatchObject({ fromSeconds: 1, band: { lowHz: 800, highHz: 2000 } })
    player.setBox(null)
    expect(lastPiece().band).toBeNull()
  })

  it('expands ultrasound in time without keeping its pitch, or mixes it down', () => {
    player.load(clip('a'))
    player.choose({ ...newListeningChoices(), ultrasound: 'expand', expansion: 20 })
    player.play()
    expect(lastPlay().listening).toMatchObject({ rate: 0.05, keepsPitch: false, heterodyneHz: null })
    player.choose({ ...newListeningChoices(), ultrasound: 'heterodyne', heterodyneHz: 45_000 })
    expect(lastPlay().listening).toMatchObject({ rate: 1, heterodyneHz: 45_000 })
  })

  it('keeps rate and channel over clips, the rate within its bounds, and multiplies volume and gain', () => {
    player.setRate(9)
    player.setChannel(2)
    player.play(clip('c'))
    expect(lastPlay().listening).toMatchObject({ rate: 3, channel: 2 })
    player.choose({ ...newListeningChoices(), gainDb: 20 })
    player.setVolume(0.5)
    expect([fake.gain, fake.plays.length]).toEqual([5, 1])
    player.setVolume(1)
  })

  it('goes over into the next clip when that is heard', () => {
    player.play(clip('a'))
    player.setNext(clip('b', 3))
    expect(fake.appended).toEqual([])
    isThere('b')
    isThere('b')
    expect([fake.appended.map(({ clipId }) => clipId), fake.prefetched.at(-1)]).toEqual([['b'], 'b'])
    fake.place = { clipId: 'b', seconds: 0.25 }
    fake.events!.onStarted()
    expect([state.clip?.id, state.durationSeconds, state.positionSeconds, state.isPlaying]).toEqual([
      'b',
      3,
      0.25,
      true,
    ])
    expect(fake.plays).toHaveLength(1)
  })

  it('plays the next clip after the present one also when something else was changed in between', () => {
    player.play(clip('a'))
    player.setNext(clip('b'))
    isThere('b')
    fake.place = { clipId: 'a', seconds: 1 }
    player.setRate(2)
    expect(lastPlay().pieces.map(({ clipId }) => clipId)).toEqual(['a', 'b'])
    player.setNext(null)
    expect(lastPlay().pieces).toHaveLength(1)
  })

  it('ends a span where it ends, and a clip whose next one cannot be had', () => {
    player.play(clip('a'), { span: { startSeconds: 1, endSeconds: 2 } })
    player.setNext(clip('b'))
    isThere('b')
    expect([fake.appended, lastPlay().pieces.length]).toEqual([[], 1])
    // A place outside of the span is a wish to hear on from there.
    player.seek(4)
    expect(lastPlay().pieces.map(({ clipId }) => clipId)).toEqual(['a', 'b'])
    player.setNext(clip('gone'))
    expect(lastPlay().pieces.map(({ clipId }) => clipId)).toEqual(['a'])
    fake.events!.onEnded()
    expect([state.clip?.id, state.isPlaying]).toEqual(['a', false])
  })

  it('knows that the next clip was heard also where nobody looked', () => {
    player.play(clip('a'))
    player.setNext(clip('b', 3))
    isThere('b')
    fake.events!.onEnded()
    expect([state.clip?.id, state.isPlaying, state.positionSeconds]).toEqual(['b', false, 3])
  })

  it('says that a clip cannot be played only to who wanted to hear it', () => {
    const count = (): number => useToaster().state.toasts.length
    player.load(clip('gone'))
    fake.events!.onFailed('not there')
    expect(count()).toBe(0)
    player.play()
    fake.events!.onFailed('not there')
    expect([count(), state.isPlaying]).toEqual([1, false])
  })
})
