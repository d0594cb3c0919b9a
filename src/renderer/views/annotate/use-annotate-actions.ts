import { nextTick, type Ref } from 'vue'
import type { ClipDetail, ClipPosition } from '../../../shared/contract/clips'
import { type Action, useActions } from '../../composables/actions'
import { usePlayer } from '../../composables/use-player'
import type { ActionId } from '../../keys/key-table'
import { useOntologyStore } from '../../stores/ontology'
import { useSettingsStore } from '../../stores/settings'
import type { Segments } from './use-segments'
import type { Viewport } from './use-viewport'

type AnnotateId = ActionId extends infer Id ? (Id extends `annotate.${infer Name}` ? Name : never) : never

interface AnnotateKeys {
  clip: Ref<ClipDetail | null>
  position: Ref<ClipPosition | null>
  segments: Segments
  viewport: Viewport
  /** Opens the neighbour of the clip in the query's list. */
  go(clipId: string | null | undefined): void
  /** Next state of a class on what is selected: the segment, else the clip. */
  cycleLabel(classId: string): unknown
  openPicker(mode?: 'present' | 'unsure' | 'code'): void
  labelAgain(): unknown
  /** Says whether every class that is heard on the clip is labeled. */
  setComplete(isFullyAnnotated: boolean): unknown
  /** Escape: out of the drag, the selection, the view. */
  leave(): void
  /** Where S began a segment, null when it did not. */
  markSeconds: Ref<number | null>
}

/** Every key of the annotator. */
export function useAnnotateActions(view: AnnotateKeys): void {
  const player = usePlayer()
  const ontology = useOntologyStore()
  const { segments, viewport } = view
  const settings = useSettingsStore()
  const hasClip = (): boolean => view.clip.value !== null
  const hasSegment = (): boolean => segments.selected.value !== null

  function playSegment(): void {
    const segment = segments.selected.value
    if (!segment || !view.clip.value) return
    const { startSeconds, endSeconds } = segment
    player.play(view.clip.value, { span: { startSeconds, endSeconds } })
  }

  /** The same sound the other way: what plays goes on, else the segment is heard at once. */
  async function hearBox(): Promise<void> {
    settings.values.playsBoxOnly = !settings.values.playsBoxOnly
    // The player hears of it first.
    await nextTick()
    if (!player.state.isPlaying) playSegment()
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

  const seekBy = (share: number): void => {
    const span = viewport.visibleEndSeconds.value - viewport.visibleStartSeconds.value
    player.seek(player.state.positionSeconds + span * share)
    viewport.reveal(player.state.positionSeconds)
  }

  const action = (id: AnnotateId, run: () => unknown, when = hasClip): Action => ({ id: `annotate.${id}`, when, run })
  const ofSegment = (id: AnnotateId, run: () => unknown): Action => action(id, run, hasSegment)

  useActions((): Action[] => [
    action(
      'next',
      () => view.go(view.position.value?.nextId),
      () => !!view.position.value?.nextId,
    ),
    action(
      'previous',
      () => view.go(view.position.value?.previousId),
      () => !!view.position.value?.previousId,
    ),
    ofSegment('playSegment', playSegment),
    ofSegment('box', hearBox),
    action('loop', toggleLoop),
    action('back', () => seekBy(-0.02)),
    action('forward', () => seekBy(0.02)),
    action('up', () => segments.step(-1)),
    action('down', () => segments.step(1)),
    action('mark', markSegment),
    ofSegment('delete', () => segments.removeChosen()),
    action('complete', () => view.setComplete(!view.clip.value!.isFullyAnnotated)),
    action('label', () => view.openPicker()),
    action('unsure', () => view.openPicker('unsure')),
    action('code', () => view.openPicker('code')),
    action('again', () => view.labelAgain()),
    action('zoomIn', () => viewport.zoomTo(viewport.zoom.value * 2, player.state.positionSeconds)),
    action('zoomOut', () => viewport.zoomTo(viewport.zoom.value / 2, player.state.positionSeconds)),
    action('fit', () => viewport.zoomTo(1)),
    ofSegment('fitSegment', () =>
      viewport.showSpan(segments.selected.value!.startSeconds, segments.selected.value!.endSeconds),
    ),
    action('picture', () => (settings.values.showsPicture = !settings.values.showsPicture)),
    action('inspector', () => (settings.values.showsInspector = !settings.values.showsInspector)),
    action(
      'leave',
      () => view.leave(),
      () => true,
    ),
    ...ontology.digitClasses.map(({ id, digit, name }) => ({
      ...action(`label.${digit}`, () => view.cycleLabel(id)),
      title: `Next state of ${name}`,
    })),
  ])
}
