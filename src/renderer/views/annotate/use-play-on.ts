import { onScopeDispose, watch, type Ref } from 'vue'
import type { ClipDetail, ClipPosition } from '../../../shared/contract/clips'
import { useActions } from '../../composables/actions'
import { usePlayer } from '../../composables/use-player'
import { useToaster } from '../../composables/use-toaster'
import { useSettingsStore } from '../../stores/settings'

interface PlayOn {
  clip: Readonly<Ref<ClipDetail | null>>
  position: Readonly<Ref<ClipPosition | null>>
  /** The next clip of the list, once it is known. */
  next: Readonly<Ref<ClipDetail | null>>
  go(clipId: string): void
}

/**
 * Goes through the list by ear: the next clip's first sample follows the last one of this clip, and the page goes over when
 * it is heard. One whose sound is not there in time is opened when this one has ended.
 */
export function usePlayOn({ clip, position, next, go }: PlayOn) {
  const player = usePlayer()
  const settings = useSettingsStore()
  const toaster = useToaster()
  /** Opened because the clip before has ended: it is to be heard. */
  let opening: string | null = null

  watch(
    () => [settings.values.playsOn, clip.value?.id, player.state.clip?.id, position.value, next.value] as const,
    ([isOn, openId, heardId, place, following]) => {
      if (!isOn || openId !== heardId) return player.setNext(null)
      // What is not known for the moment has not changed either.
      if (place === null || (place.nextId !== null && following === null)) return
      player.setNext(following)
    },
    { immediate: true },
  )
  watch(
    () => player.state.clip?.id,
    (now, before) => {
      const nextId = position.value?.nextId
      if (!settings.values.playsOn || !player.state.isPlaying) return
      if (now !== undefined && now === nextId && before === clip.value?.id) go(now)
    },
  )
  const stop = player.onEnded(() => {
    const { state } = player
    const nextId = position.value?.nextId
    const isWhole = state.positionSeconds >= state.durationSeconds - 0.005
    if (!settings.values.playsOn || state.isLooping || !isWhole || state.clip?.id !== clip.value?.id || !nextId) return
    opening = nextId
    go(nextId)
  })
  onScopeDispose(() => {
    stop()
    player.setNext(null)
  })

  useActions([
    {
      id: 'annotate.playOn',
      run: () => {
        settings.values.playsOn = !settings.values.playsOn
        toaster.show({
          tone: 'note',
          title: settings.values.playsOn ? 'Plays on through the list' : 'Stops at the end of each clip',
        })
      },
    },
  ])

  return {
    /** Whether a clip that was just opened is to be played; asked once. */
    takePlay(clipId: string): boolean {
      const is = opening === clipId
      opening = null
      return is
    },
  }
}
