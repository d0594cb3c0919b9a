import type { Ref } from 'vue'
import type { ClipDetail, ClipPosition } from '../../../shared/contract/clips'
import { type Action, useActions } from '../../composables/actions'
import { usePlayer } from '../../composables/use-player'
import { useOntologyStore } from '../../stores/ontology'
import type { Segments } from './use-segments'
import type { Viewport } from './use-viewport'

interface AnnotateKeys {
  clip: Ref<ClipDetail | null>
  position: Ref<ClipPosition | null>
  segments: Segments
  viewport: Viewport
  /** Opens the neighbour of the clip in the query's list. */
  go(clipId: string | null | undefined): void
  /** Next state of a class on what is selected: the segment, else the clip. */
  cycleLabel(classId: string): unknown
  openPicker(): void
  /** Says whether every class that is heard on the clip is labeled. */
  setComplete(isFullyAnnotated: boolean): unknown
  /** Escape: out of the drag, the selection, the view. */
  leave(): void
  /** Where S began a segment, null when it did not. */
  markSeconds: Ref<number | null>
}

const nudgeSeconds = 0.01

/** Every key of the annotator. */
export function useAnnotateActions(view: AnnotateKeys): void {
  const player = usePlayer()
  const ontology = useOntologyStore()
  const { segments, viewport } = view
  const section = 'Annotate'
  const hasClip = (): boolean => view.clip.value !== null
  const hasSegment = (): boolean => segments.selected.value !== null

  function playSegment(): void {
    const segment = segments.selected.value
    if (!segment || !view.clip.value) return
    const { startSeconds, endSeconds } = segment
    player.play(view.clip.value, { span: { startSeconds, endSeconds } })
  }

  function toggleLoop(): void {
    const segment = segments.selected.value
    const { isLooping } = player.state
    if (isLooping || !segment) player.setLooping(!isLooping)
    else {
      player.setLooping(true, { startSeconds: segment.startSeconds, endSeconds: segment.endSeconds })
      playSegment()
    }
  }

  /** S at the beginning, S again at the end: a segment without the mouse, also while it plays. */
  async function markSegment(): Promise<void> {
    const now = player.state.positionSeconds
    const from = view.markSeconds.value
    if (from === null) {
      view.markSeconds.value = now
      return
    }
    view.markSeconds.value = null
    if (Math.abs(now - from) < 0.001) return
    await segments.create({
      startSeconds: Math.min(from, now),
      endSeconds: Math.max(from, now),
      lowHz: null,
      highHz: null,
    })
  }

  function nudge(edge: 'startSeconds' | 'endSeconds', by: number): Promise<void> | undefined {
    const segment = segments.selected.value
    if (!segment) return undefined
    const moved = segment[edge] + by
    if (edge === 'startSeconds' ? moved < 0 || moved >= segment.endSeconds : moved <= segment.startSeconds)
      return undefined
    return segments.update(segment.id, { [edge]: moved })
  }

  const seekBy = (share: number): void => {
    const span = viewport.visibleEndSeconds.value - viewport.visibleStartSeconds.value
    player.seek(player.state.positionSeconds + span * share)
    viewport.reveal(player.state.positionSeconds)
  }

  const action = (id: string, title: string, keys: string[], run: () => unknown, when = hasClip): Action => ({
    id: `annotate.${id}`,
    title,
    section,
    keys,
    when,
    run,
  })

  useActions((): Action[] => [
    action(
      'next',
      'Next clip',
      ['N'],
      () => view.go(view.position.value?.nextId),
      () => !!view.position.value?.nextId,
    ),
    action(
      'previous',
      'Previous clip',
      ['P'],
      () => view.go(view.position.value?.previousId),
      () => !!view.position.value?.previousId,
    ),
    action('playSegment', 'Play the segment', ['Shift+Space', 'Enter'], playSegment, hasSegment),
    { ...action('loop', 'Loop the segment, or the clip', ['O'], toggleLoop), instead: 'transport.loop' },
    action('back', 'Playhead back', ['ArrowLeft'], () => seekBy(-0.02)),
    action('forward', 'Playhead forward', ['ArrowRight'], () => seekBy(0.02)),
    action('up', 'Previous segment', ['ArrowUp'], () => segments.step(-1)),
    action('down', 'Next segment', ['ArrowDown'], () => segments.step(1)),
    action('mark', 'Begin a segment here, then end it', ['S'], markSegment),
    action(
      'delete',
      'Delete the segment',
      ['Delete', 'Backspace'],
      () => segments.remove(segments.selected.value!.id),
      hasSegment,
    ),
    action(
      'startEarlier',
      'Segment starts 10 ms earlier',
      ['Mod+ArrowLeft'],
      () => nudge('startSeconds', -nudgeSeconds),
      hasSegment,
    ),
    action(
      'startLater',
      'Segment starts 10 ms later',
      ['Mod+ArrowRight'],
      () => nudge('startSeconds', nudgeSeconds),
      hasSegment,
    ),
    action(
      'endEarlier',
      'Segment ends 10 ms earlier',
      ['Shift+ArrowLeft'],
      () => nudge('endSeconds', -nudgeSeconds),
      hasSegment,
    ),
    action(
      'endLater',
      'Segment ends 10 ms later',
      ['Shift+ArrowRight'],
      () => nudge('endSeconds', nudgeSeconds),
      hasSegment,
    ),
    action('complete', 'Mark the clip as fully annotated, or not', ['F'], () =>
      view.setComplete(!view.clip.value!.isFullyAnnotated),
    ),
    action('label', 'Label the segment, or the clip…', ['L'], () => view.openPicker()),
    action('zoomIn', 'Zoom in', ['+', '='], () =>
      viewport.zoomTo(viewport.zoom.value * 2, player.state.positionSeconds),
    ),
    action('zoomOut', 'Zoom out', ['-'], () => viewport.zoomTo(viewport.zoom.value / 2, player.state.positionSeconds)),
    action('fit', 'Show the whole clip', ['0'], () => viewport.zoomTo(1)),
    action(
      'fitSegment',
      'Zoom to the segment',
      ['Z'],
      () => viewport.showSpan(segments.selected.value!.startSeconds, segments.selected.value!.endSeconds),
      hasSegment,
    ),
    action(
      'leave',
      'Out of this: drag, selection, clip',
      ['Escape'],
      () => view.leave(),
      () => true,
    ),
    ...ontology.digitClasses.map(({ id, digit, name }) =>
      action(`label.${digit}`, `Next state of ${name}`, [String(digit)], () => view.cycleLabel(id)),
    ),
  ])
}
