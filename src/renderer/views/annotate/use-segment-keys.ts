import type { Ref } from 'vue'
import type { ClipDetail } from '../../../shared/contract/clips'
import { type Action, useActions } from '../../composables/actions'
import { usePlayer } from '../../composables/use-player'
import { useToaster } from '../../composables/use-toaster'
import { formatNumberOf } from '../../display-format'
import { type NudgeStep, type SnapMode, useSettingsStore } from '../../stores/settings'
import { shortestSeconds } from './segment-drag'
import type { Segment } from './segment'
import type { Segments } from './use-segments'

interface SegmentKeys {
  clip: Ref<ClipDetail | null>
  segments: Segments
  durationSeconds: Ref<number>
  /** Of the picture, for steps of one frame. */
  frameSeconds: Ref<number>
  /** Puts the caret into the first field of the segment's numbers, or into its note. */
  focusField(which: 'times' | 'note' | 'tier'): void
}

type Edge = 'startSeconds' | 'endSeconds'
const nudgeSteps: readonly NudgeStep[] = ['1 ms', '10 ms', 'frame']
const snapModes: readonly SnapMode[] = ['off', 'edges', 'zero', 'onsets']
export const snapModeNames: Record<SnapMode, string> = {
  off: 'nothing',
  edges: 'edges and the playhead',
  zero: 'zero crossings',
  onsets: 'onsets',
}

const next = <T>(list: readonly T[], now: T): T => list[(list.indexOf(now) + 1) % list.length]!

/** Whole nanoseconds, so that steps there and back lead to the same number. */
const roundTime = (seconds: number): number => Math.round(seconds * 1e9) / 1e9

/** Keys that change segments: cut, join, copy, nudge, snap; and those of their tiers. */
export function useSegmentKeys(view: SegmentKeys): void {
  const player = usePlayer()
  const settings = useSettingsStore()
  const toaster = useToaster()
  const { segments } = view
  const { tiers } = segments
  const hasClip = (): boolean => view.clip.value !== null
  const hasSegment = (): boolean => segments.selected.value !== null
  const say = (title: string): unknown => toaster.show({ tone: 'note', title })

  /** Where an edge may stand, so that something is left of the segment and it stays in the clip. */
  function clampEdge(segment: Segment, edge: Edge, seconds: number): number {
    return edge === 'startSeconds'
      ? Math.min(Math.max(0, seconds), segment.endSeconds - shortestSeconds)
      : Math.max(Math.min(view.durationSeconds.value, seconds), segment.startSeconds + shortestSeconds)
  }
  function setEdge(edge: Edge, seconds: number): unknown {
    const segment = segments.selected.value!
    const to = clampEdge(segment, edge, seconds)
    return to === segment[edge] ? undefined : segments.update(segment.id, { [edge]: to })
  }

  const stepSeconds = (): number =>
    settings.values.nudge === 'frame' ? view.frameSeconds.value : settings.values.nudge === '1 ms' ? 0.001 : 0.01
  const nudge = (edge: Edge, by: 1 | -1) => () =>
    setEdge(edge, roundTime(segments.selected.value![edge] + by * stepSeconds()))
  const move = (by: 1 | -1) => () => {
    const { id, startSeconds, endSeconds } = segments.selected.value!
    const length = endSeconds - startSeconds
    const start = Math.min(
      Math.max(0, roundTime(startSeconds + by * stepSeconds())),
      view.durationSeconds.value - length,
    )
    return start === startSeconds
      ? undefined
      : segments.update(id, { startSeconds: start, endSeconds: roundTime(start + length) })
  }

  async function snapBoth(kind: 'edge' | 'zero'): Promise<unknown> {
    const segment = segments.selected.value!
    const [start, end] = await Promise.all([
      segments.snapping.find(kind, segment.startSeconds, segment.id),
      segments.snapping.find(kind, segment.endSeconds, segment.id),
    ])
    if (!start && !end)
      return say(kind === 'zero' ? 'The sound does not cross zero near the edges' : 'No other segment to go to')
    return applyEdges(segment, start?.seconds, end?.seconds)
  }
  function applyEdges(segment: Segment, start = segment.startSeconds, end = segment.endSeconds): unknown {
    segments.showGhost(null)
    if (!(end - start >= shortestSeconds)) return say('Both edges would go to one place; the segment stays')
    return segments.update(segment.id, { startSeconds: start, endSeconds: end })
  }

  /** First shows where the edges would go, then puts them there: onsets are a guess. */
  async function snapToOnsets(): Promise<unknown> {
    const segment = segments.selected.value!
    const shown = segments.ghost.value
    if (shown?.id === segment.id && shown.edges)
      return applyEdges(segment, shown.edges.startSeconds, shown.edges.endSeconds)
    const [start, end] = await Promise.all([
      segments.snapping.find('onset', segment.startSeconds, segment.id),
      segments.snapping.find('onset', segment.endSeconds, segment.id),
    ])
    if (!start && !end) return say('No onset near the edges')
    if (segments.selectedId.value === segment.id)
      segments.showGhost({
        id: segment.id,
        what: 'onset',
        seconds: [...new Set([start, end].flatMap((place) => (place ? [place.seconds] : [])))],
        edges: {
          ...(start ? { startSeconds: start.seconds } : {}),
          // One onset near both edges is the beginning.
          ...(end && end.seconds !== start?.seconds ? { endSeconds: end.seconds } : {}),
        },
      })
    return undefined
  }

  async function copyTo(tier: string | null): Promise<void> {
    const count = await segments.copyChosen(tier)
    if (tier !== null && count > 0) say(`${formatNumberOf(count, 'segment')} copied to “${tier}”`)
  }

  /** Goes to the next place where the compared tiers differ. */
  function nextDifference(): unknown {
    const differing = tiers.differences.value.filter(({ kind }) => kind !== 'same')
    if (differing.length === 0) return say('The two tiers say the same here')
    const now = segments.selected.value?.startSeconds ?? -1
    const of = (index: number): Segment => (differing[index]!.first ?? differing[index]!.second)!
    const index = differing.findIndex((_, place) => of(place).startSeconds > now)
    const segment = of(Math.max(0, index))
    tiers.setHidden(segment.tier, false)
    segments.select(segment.id)
    return undefined
  }

  const active = (): string => settings.values.tier
  useActions((): Action[] => [
    {
      id: 'annotate.split',
      when: hasSegment,
      run: async () => {
        if (!(await segments.splitAt(player.state.positionSeconds))) say('The playhead is not inside the segment')
      },
    },
    {
      id: 'annotate.merge',
      when: hasSegment,
      run: async () => {
        if (!(await segments.mergeChosen())) say('No other segment of this tier follows')
      },
    },
    { id: 'annotate.duplicate', when: hasSegment, run: () => copyTo(null) },
    { id: 'annotate.startHere', when: hasSegment, run: () => setEdge('startSeconds', player.state.positionSeconds) },
    { id: 'annotate.endHere', when: hasSegment, run: () => setEdge('endSeconds', player.state.positionSeconds) },
    { id: 'annotate.startEarlier', when: hasSegment, run: nudge('startSeconds', -1) },
    { id: 'annotate.startLater', when: hasSegment, run: nudge('startSeconds', 1) },
    { id: 'annotate.endEarlier', when: hasSegment, run: nudge('endSeconds', -1) },
    { id: 'annotate.endLater', when: hasSegment, run: nudge('endSeconds', 1) },
    { id: 'annotate.moveEarlier', when: hasSegment, run: move(-1) },
    { id: 'annotate.moveLater', when: hasSegment, run: move(1) },
    {
      id: 'annotate.nudgeStep',
      run: () => {
        settings.values.nudge = next(nudgeSteps, settings.values.nudge)
        say(`Keys move edges by ${settings.values.nudge === 'frame' ? 'one frame' : settings.values.nudge}`)
      },
    },
    { id: 'annotate.snapEdges', when: hasSegment, run: () => snapBoth('edge') },
    { id: 'annotate.snapZero', when: hasSegment, run: () => snapBoth('zero') },
    { id: 'annotate.snapOnsets', when: hasSegment, run: snapToOnsets },
    {
      id: 'annotate.snapMode',
      run: () => {
        settings.values.snapMode = next(snapModes, settings.values.snapMode)
        say(`Dragged edges go to ${snapModeNames[settings.values.snapMode]}`)
      },
    },
    { id: 'annotate.times', when: hasSegment, run: () => view.focusField('times') },
    { id: 'annotate.note', when: hasSegment, run: () => view.focusField('note') },
    {
      id: 'annotate.bounds',
      run: () => {
        settings.values.showsBounds = !settings.values.showsBounds
        say(settings.values.showsBounds ? 'Frequency bounds are shown' : 'Frequency bounds are hidden, and kept')
      },
    },
    { id: 'annotate.deselect', when: hasSegment, run: () => segments.select(null) },
    { id: 'annotate.extendUp', when: hasSegment, run: () => segments.step(-1, true) },
    { id: 'annotate.extendDown', when: hasSegment, run: () => segments.step(1, true) },
    { id: 'annotate.tierNew', when: hasClip, run: () => view.focusField('tier') },
    { id: 'annotate.tierUp', when: hasClip, run: () => tiers.step(-1) },
    { id: 'annotate.tierDown', when: hasClip, run: () => tiers.step(1) },
    {
      id: 'annotate.tierHide',
      when: hasClip,
      run: () => tiers.setHidden(active(), !settings.values.hiddenTiers.includes(active())),
    },
    { id: 'annotate.tierLock', when: hasClip, run: () => tiers.setLocked(active(), !tiers.isLocked(active())) },
    { id: 'annotate.tierCopy', when: hasSegment, run: () => copyTo(active()) },
    { id: 'annotate.diff', when: hasClip, run: () => tiers.compareNext() },
    {
      id: 'annotate.diffNext',
      when: () => tiers.comparedTier.value !== null,
      run: nextDifference,
    },
  ])
}
