import { computed, reactive, readonly } from 'vue'
import { AppError } from '../../shared/errors'
import { type Engine, SoundEngine } from '../sound/sound-engine'
import { type Band, fastestRate, type Listening, slowestRate, type SoundPiece } from '../sound/sound-plan'
import type { UltrasoundMode } from '../sound/ultrasound'
import { useToaster } from './use-toaster'

/** What the player needs to know of a clip; every ClipRow is one. */
export interface PlayableClip {
  id: string
  recordingPath: string
  startSeconds: number
  endSeconds: number
}

export interface LoopSpan {
  startSeconds: number
  endSeconds: number
}

/** How sound is listened to; the same for every clip. */
export interface ListeningChoices {
  keepsPitch: boolean
  /** Only the selected box's band is heard. */
  playsBoxOnly: boolean
  /** A span that is played once is led in and out by so much of what is around it. */
  preRollSeconds: number
  postRollSeconds: number
  gainDb: number
  ultrasound: UltrasoundMode
  /** So many times slower and lower. */
  expansion: number
  heterodyneHz: number
}

interface PlayerState {
  clip: PlayableClip | null
  /** Of the clip, once its sound has been opened. */
  sampleRateHz: number | null
  channelCount: number
  isPlaying: boolean
  /** Seconds from the clip's start. */
  positionSeconds: number
  durationSeconds: number
  rate: number
  /** 0 to 1. */
  volume: number
  /** The whole clip starts again at its end. */
  isLooping: boolean
  /** A span of the clip that is played round, or once when looping is off. */
  span: LoopSpan | null
  /** The selected box's band. */
  box: Band | null
  /** The channel that is heard alone, counted from 0; null for all. */
  channel: number | null
  choices: ListeningChoices
}

export const playbackRates = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const

export const newListeningChoices = (): ListeningChoices => ({
  keepsPitch: true,
  playsBoxOnly: false,
  preRollSeconds: 0,
  postRollSeconds: 0,
  gainDb: 0,
  ultrasound: 'off',
  expansion: 10,
  heterodyneHz: 40_000,
})

function createPlayer() {
  const state = reactive<PlayerState>({
    clip: null,
    sampleRateHz: null,
    channelCount: 1,
    isPlaying: false,
    positionSeconds: 0,
    durationSeconds: 0,
    rate: 1,
    volume: 1,
    isLooping: false,
    span: null,
    box: null,
    channel: null,
    choices: newListeningChoices(),
  })
  const endListeners = new Set<() => void>()
  let frame = 0
  /** Follows the clip without a gap, as soon as its sound is known to be there: what cannot be had stops nothing before it. */
  let next: PlayableClip | null = null
  let isNextReady = false

  const engine: Engine = new SoundEngine({
    onStarted: follow,
    onEnded() {
      if (!state.isPlaying) return
      // A page that is not looked at may not have been told that the sound has gone over.
      if (isFollowed()) advance(next!)
      rest()
      state.positionSeconds = state.span?.startSeconds ?? state.durationSeconds
      state.span = null
      for (const listener of endListeners) listener()
    },
    onFacts(clipId, { sampleRateHz, channelCount, frames }) {
      if (clipId === next?.id && !isNextReady) {
        isNextReady = true
        if (state.isPlaying && isFollowed()) engine.append(pieceOf(next))
      }
      if (clipId !== state.clip?.id) return
      Object.assign(state, { sampleRateHz, channelCount, durationSeconds: frames / sampleRateHz })
    },
    onFailed() {
      if (!state.isPlaying) return
      rest()
      useToaster().error(
        new AppError('bad-file', `${state.clip?.recordingPath ?? 'The sound'} cannot be played.`, {
          hint: 'See whether the file is still where it was; “earmark verify” lists what is missing.',
        }),
      )
    },
  })

  function follow(): void {
    cancelAnimationFrame(frame)
    if (!state.isPlaying) return
    const place = engine.place()
    if (place && place.clipId === next?.id) advance(next)
    if (place && place.clipId === state.clip?.id) state.positionSeconds = Math.min(place.seconds, state.durationSeconds)
    frame = requestAnimationFrame(follow)
  }

  function rest(): void {
    state.isPlaying = false
    cancelAnimationFrame(frame)
  }

  function forgetNext(): void {
    next = null
    isNextReady = false
  }
  /** Whether the next clip's sound comes behind what is played; a span ends where it ends. */
  const isFollowed = (): boolean => next !== null && isNextReady && !state.isLooping && state.span === null
  const pieceOf = ({ id }: PlayableClip): SoundPiece => ({
    clipId: id,
    fromSeconds: 0,
    span: null,
    isLooping: false,
    band: null,
  })

  /** The sound has gone over into the next clip by itself. */
  function advance(clip: PlayableClip): void {
    forgetNext()
    show(clip)
  }

  function show(clip: PlayableClip): void {
    Object.assign(state, {
      clip: { ...clip },
      span: null,
      box: null,
      positionSeconds: 0,
      durationSeconds: clip.endSeconds - clip.startSeconds,
      sampleRateHz: null,
      channelCount: 1,
    })
    engine.prefetch(clip.id, 0)
  }

  function piecesFrom(fromSeconds: number): SoundPiece[] {
    const { clip, span, isLooping, box, choices } = state
    const heard = span && {
      startSeconds: span.startSeconds,
      endSeconds: span.endSeconds + (isLooping ? 0 : choices.postRollSeconds),
    }
    const band = choices.playsBoxOnly && box ? { ...box } : null
    const piece = { clipId: clip!.id, fromSeconds, span: heard, isLooping, band }
    return isFollowed() ? [piece, pieceOf(next!)] : [piece]
  }

  function listening(): Listening {
    const { rate, channel, choices } = state
    const isExpanded = choices.ultrasound === 'expand'
    return {
      rate: isExpanded ? 1 / choices.expansion : rate,
      keepsPitch: choices.keepsPitch && !isExpanded,
      heterodyneHz: choices.ultrasound === 'heterodyne' ? choices.heterodyneHz : null,
      channel,
    }
  }

  function start(fromSeconds: number): void {
    state.isPlaying = true
    state.positionSeconds = fromSeconds
    engine.play(piecesFrom(fromSeconds), listening())
  }

  /** What is heard goes on, as it is listened to now: without a gap where it is within what is to be heard. */
  function restart(): void {
    if (!state.isPlaying || !state.clip) return
    const place = engine.joinPlace()
    const seconds = place?.clipId === state.clip.id ? place.seconds : state.positionSeconds
    const { span, isLooping } = state
    const isOutside = span !== null && isLooping && (seconds < span.startSeconds || seconds >= span.endSeconds)
    if (isOutside) start(span.startSeconds)
    else engine.play(piecesFrom(seconds), listening(), place !== null)
  }

  /** Puts a clip on the transport without playing it. */
  function load(clip: PlayableClip): void {
    if (state.clip?.id === clip.id) return
    engine.stop()
    rest()
    forgetNext()
    show(clip)
  }

  /** Plays a clip from its start, or from `fromSeconds`; a span with its pre-roll. */
  function play(clip?: PlayableClip, options: { fromSeconds?: number; span?: LoopSpan } = {}): void {
    if (clip) load(clip)
    if (!state.clip) return
    const { span } = options
    state.span = span ? { startSeconds: span.startSeconds, endSeconds: span.endSeconds } : null
    const roll = state.isLooping ? 0 : state.choices.preRollSeconds
    const isAtEnd = state.positionSeconds >= state.durationSeconds - 0.005
    start(span ? Math.max(0, span.startSeconds - roll) : (options.fromSeconds ?? (isAtEnd ? 0 : state.positionSeconds)))
  }

  function pause(): void {
    if (!state.isPlaying) return
    const place = engine.place()
    if (place && place.clipId === state.clip?.id) state.positionSeconds = Math.min(place.seconds, state.durationSeconds)
    engine.stop()
    rest()
  }

  /** Plays or pauses; another clip than the loaded one starts from its beginning. */
  function toggle(clip?: PlayableClip): void {
    if (clip && clip.id !== state.clip?.id) return play(clip)
    if (state.isPlaying) return pause()
    const { span, positionSeconds } = state
    const isInside = span !== null && positionSeconds > span.startSeconds && positionSeconds < span.endSeconds - 0.005
    // A span goes on where it was paused.
    if (isInside) start(positionSeconds)
    else play(undefined, span ? { span } : {})
  }

  function seek(seconds: number): void {
    const position = Math.min(Math.max(0, seconds), state.durationSeconds)
    state.positionSeconds = position
    if (!state.clip) return
    const { span } = state
    // A place outside of what was to be heard once is a wish to hear that place.
    if (span && !state.isLooping && (position < span.startSeconds || position > span.endSeconds)) state.span = null
    if (state.isPlaying) start(position)
    else engine.prefetch(state.clip.id, position)
  }

  function setRate(rate: number): void {
    state.rate = Math.min(fastestRate, Math.max(slowestRate, rate))
    restart()
  }

  const setGain = (): void => engine.setGain(state.volume * 10 ** (state.choices.gainDb / 20))

  function setVolume(volume: number): void {
    state.volume = Math.min(1, Math.max(0, volume))
    setGain()
  }

  function setLooping(isLooping: boolean, span: LoopSpan | null = null): void {
    state.isLooping = isLooping
    state.span = isLooping && span ? { startSeconds: span.startSeconds, endSeconds: span.endSeconds } : null
    restart()
  }

  /** The band that is heard when only the box is. */
  function setBox(box: Band | null): void {
    if (box?.lowHz === state.box?.lowHz && box?.highHz === state.box?.highHz) return
    state.box = box && { lowHz: box.lowHz, highHz: box.highHz }
    if (state.choices.playsBoxOnly) restart()
  }

  function setChannel(channel: number | null): void {
    state.channel = channel
    restart()
  }

  function choose(choices: ListeningChoices): void {
    const before = state.choices
    state.choices = { ...choices }
    setGain()
    // The gain changes at once, on its own.
    if (JSON.stringify({ ...before, gainDb: 0 }) !== JSON.stringify({ ...choices, gainDb: 0 })) restart()
  }

  /** What is heard when the clip has ended, without a gap between the last sample and the first; null for nothing. */
  function setNext(clip: PlayableClip | null): void {
    if (clip?.id === next?.id) return
    const wasFollowed = isFollowed()
    next = clip && { ...clip }
    isNextReady = false
    if (wasFollowed) restart()
    if (next) engine.prefetch(next.id, 0)
  }

  /** Has a clip's beginning ready, so that it is heard at once. */
  function prefetch(clip: Pick<PlayableClip, 'id'>): void {
    engine.prefetch(clip.id, 0)
  }

  function unload(): void {
    engine.stop()
    engine.forget()
    rest()
    forgetNext()
    Object.assign(state, { clip: null, span: null, box: null, positionSeconds: 0, sampleRateHz: null, channelCount: 1 })
  }

  return {
    state: readonly(state),
    isPlayingClip: (id: string) => state.isPlaying && state.clip?.id === id,
    hasClip: computed(() => state.clip !== null),
    load,
    play,
    pause,
    toggle,
    seek,
    setRate,
    setVolume,
    setLooping,
    setBox,
    setChannel,
    choose,
    setNext,
    prefetch,
    unload,
    /** Highest absolute sample of what goes out now. */
    peak: () => engine.peak(),
    /** Calls back when everything that was to be heard has been, until the answer is called. */
    onEnded(listener: () => void): () => void {
      endListeners.add(listener)
      return () => endListeners.delete(listener)
    },
  }
}

let player: ReturnType<typeof createPlayer> | null = null

/** One player for the page: play any clip by its row from anywhere; the bottom transport shows it. */
export function usePlayer() {
  return (player ??= createPlayer())
}
