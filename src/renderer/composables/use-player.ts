import { computed, reactive, readonly } from 'vue'
import { AppError } from '../../shared/errors'
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

interface PlayerState {
  clip: PlayableClip | null
  isPlaying: boolean
  isLoading: boolean
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
}

/** Where a clip's sound comes from, on both hosts. */
export const mediaUrl = (clipId: string): string => `/media/${encodeURIComponent(clipId)}.wav`

export const playbackRates = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const

function createPlayer() {
  const media = new Audio()
  media.preload = 'auto'
  media.preservesPitch = true
  const state = reactive<PlayerState>({
    clip: null,
    isPlaying: false,
    isLoading: false,
    positionSeconds: 0,
    durationSeconds: 0,
    rate: 1,
    volume: 1,
    isLooping: false,
    span: null,
  })
  let frame = 0
  // Somebody asked to hear it: only then is it worth saying that it cannot be.
  let isWanted = false

  const follow = (): void => {
    let position = media.currentTime
    const { span } = state
    if (span && !media.paused && position >= span.endSeconds) {
      if (state.isLooping) media.currentTime = position = span.startSeconds
      else {
        media.pause()
        media.currentTime = position = span.startSeconds
        state.span = null
      }
    }
    state.positionSeconds = position
    if (!media.paused) frame = requestAnimationFrame(follow)
  }

  media.addEventListener('play', () => {
    state.isPlaying = true
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(follow)
  })
  media.addEventListener('pause', () => {
    state.isPlaying = false
    state.positionSeconds = media.currentTime
  })
  media.addEventListener('seeked', () => (state.positionSeconds = media.currentTime))
  media.addEventListener('ended', () => {
    if (!state.isLooping) return
    media.currentTime = state.span?.startSeconds ?? 0
    void media.play()
  })
  media.addEventListener('loadedmetadata', () => {
    state.isLoading = false
    if (Number.isFinite(media.duration)) state.durationSeconds = media.duration
    media.playbackRate = state.rate
  })
  media.addEventListener('error', () => {
    state.isLoading = false
    state.isPlaying = false
    if (!media.error || !state.clip || !isWanted) return
    isWanted = false
    useToaster().error(
      new AppError('bad-file', `${state.clip.recordingPath} cannot be played.`, {
        hint: 'See whether the file is still where it was; “earmark verify” lists what is missing.',
      }),
    )
  })

  /** Puts a clip on the transport without playing it. */
  function load(clip: PlayableClip): void {
    if (state.clip?.id === clip.id) return
    isWanted = false
    media.pause()
    state.clip = { ...clip }
    state.span = null
    state.positionSeconds = 0
    state.durationSeconds = clip.endSeconds - clip.startSeconds
    state.isLoading = true
    media.src = mediaUrl(clip.id)
    media.playbackRate = state.rate
  }

  async function start(): Promise<void> {
    isWanted = true
    // What failed may be there again.
    if (media.error) media.load()
    try {
      await media.play()
    } catch (thrown) {
      // A newer load or a pause took over; a file that fails speaks through the error event.
      if (thrown instanceof DOMException && (thrown.name === 'AbortError' || thrown.name === 'NotSupportedError'))
        return
      useToaster().error(thrown, 'The sound did not start')
    }
  }

  /** Plays a clip from its start, or from `fromSeconds`. */
  function play(clip?: PlayableClip, options: { fromSeconds?: number; span?: LoopSpan } = {}): void {
    if (clip) load(clip)
    if (!state.clip) return
    state.span = options.span ?? null
    const from = options.span?.startSeconds ?? options.fromSeconds
    if (from !== undefined) seek(from)
    else if (media.ended || state.positionSeconds >= state.durationSeconds - 0.005) seek(0)
    void start()
  }

  function pause(): void {
    media.pause()
  }

  /** Plays or pauses; another clip than the loaded one starts from its beginning. */
  function toggle(clip?: PlayableClip): void {
    if (clip && clip.id !== state.clip?.id) play(clip)
    else if (state.isPlaying) pause()
    else play(undefined, state.span ? { span: state.span } : {})
  }

  function seek(seconds: number): void {
    const position = Math.min(Math.max(0, seconds), state.durationSeconds)
    media.currentTime = position
    state.positionSeconds = position
  }

  function setRate(rate: number): void {
    state.rate = Math.min(2, Math.max(0.25, rate))
    media.playbackRate = state.rate
    media.defaultPlaybackRate = state.rate
  }

  function setVolume(volume: number): void {
    state.volume = Math.min(1, Math.max(0, volume))
    media.volume = state.volume
  }

  function setLooping(isLooping: boolean, span: LoopSpan | null = null): void {
    state.isLooping = isLooping
    state.span = isLooping ? span : null
  }

  function unload(): void {
    media.pause()
    media.removeAttribute('src')
    media.load()
    state.clip = null
    state.span = null
    state.positionSeconds = 0
  }

  return {
    state: readonly(state),
    /** The one media element: wavesurfer draws over it, the transport drives it. */
    media,
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
    unload,
  }
}

let player: ReturnType<typeof createPlayer> | null = null

/** One player for the page: play any clip by its row from anywhere; the bottom transport shows it. */
export function usePlayer() {
  return (player ??= createPlayer())
}
