import { onScopeDispose, ref, watch, type Ref } from 'vue'
import type { ClipDetail } from '../../../shared/contract/clips'
import { type Action, useActions } from '../../composables/actions'
import { usePlayer } from '../../composables/use-player'
import { useToaster } from '../../composables/use-toaster'
import { fileName } from '../../display-format'
import { useSettingsStore } from '../../stores/settings'
import { describeClip, describeEdge, describeMoment, describeSegment, nextEdge } from './outline-words'
import type { Segment } from './segment'
import type { Segments } from './use-segments'
import type { Viewport } from './use-viewport'

interface AudibleOutline {
  clip: Ref<ClipDetail | null>
  segments: Segments
  viewport: Viewport
  play(segment: Segment): void
}

/**
 * The outline of a clip for ears: while it is on, each segment that is stepped to is said and then played, and each clip
 * as it opens. What is said goes to the screen reader, or is spoken by the browser's own voice where the person wants
 * that. Where the playhead stands, what the clip is, and the edges of segments can be asked for at any time.
 */
export function useAudibleOutline({ clip, segments, viewport, play }: AudibleOutline) {
  const settings = useSettingsStore()
  const player = usePlayer()
  const toaster = useToaster()
  /** For a live region. */
  const said = ref('')
  const isAskingTime = ref(false)
  const voice = typeof speechSynthesis === 'undefined' ? null : speechSynthesis

  function say(text: string, then?: () => void): void {
    // The same words again are said again: to a screen reader they must be another text.
    said.value = said.value === text ? `${text}\u00a0` : text
    if (!settings.values.speaksAloud || !voice) return then?.()
    voice.cancel()
    const utterance = new SpeechSynthesisUtterance(text)
    if (then) utterance.onend = then
    // A machine without voices says nothing; what is to follow, follows.
    if (then) utterance.onerror = ({ error }) => error !== 'canceled' && error !== 'interrupted' && then()
    voice.speak(utterance)
  }
  onScopeDispose(() => voice?.cancel())

  function sayClip(): void {
    if (clip.value) say(describeClip(clip.value, fileName(clip.value.recordingPath), segments.list.value))
  }
  function goTo(seconds: number): void {
    player.seek(Math.min(player.state.durationSeconds, Math.max(0, seconds)))
    viewport.reveal(player.state.positionSeconds)
  }
  function stepEdge(by: 1 | -1): void {
    const edge = nextEdge(player.state.positionSeconds, by, segments.list.value)
    if (!edge) return say(by > 0 ? 'No edge after this' : 'No edge before this')
    goTo(edge.seconds)
    say(describeEdge(edge))
  }

  watch(segments.selectedId, (id) => {
    const segment = segments.selected.value
    if (!settings.values.speaksOutline || id === null || !segment) return
    say(describeSegment(segment, segments.list.value), () => {
      if (segments.selectedId.value === id) play(segment)
    })
  })
  watch(
    () => clip.value?.id,
    (now, old) => {
      if (settings.values.speaksOutline && now !== undefined && old !== undefined) sayClip()
    },
  )

  const hasClip = (): boolean => clip.value !== null
  useActions((): Action[] => [
    {
      id: 'annotate.outline',
      run: () => {
        settings.values.speaksOutline = !settings.values.speaksOutline
        toaster.show({
          tone: 'note',
          title: settings.values.speaksOutline
            ? 'Segments are said and played as you step to them'
            : 'Segments are no longer said',
        })
      },
    },
    {
      id: 'annotate.sayHere',
      when: hasClip,
      run: () => say(describeMoment(player.state.positionSeconds, segments.list.value)),
    },
    { id: 'annotate.sayClip', when: hasClip, run: sayClip },
    { id: 'annotate.edgeNext', when: hasClip, run: () => stepEdge(1) },
    { id: 'annotate.edgeBack', when: hasClip, run: () => stepEdge(-1) },
    { id: 'annotate.goTo', when: hasClip, run: () => (isAskingTime.value = true) },
  ])

  return {
    said,
    isAskingTime,
    /** The playhead goes to a moment that was typed. */
    goToTyped(seconds: number): void {
      goTo(seconds)
      say(describeMoment(player.state.positionSeconds, segments.list.value))
    },
  }
}
