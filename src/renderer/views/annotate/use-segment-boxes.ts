import { computed } from 'vue'
import { useSettingsStore } from '../../stores/settings'
import { type FrequencyAxis, hertzToShare } from './frequency-axis'
import type { Segment } from './segment'
import { leastWidth, thinOut } from './thin-out'
import type { Segments } from './use-segments'
import type { Viewport } from './use-viewport'

/** The lane that segments are drawn over; its height is in pixels. */
interface Stage {
  readonly axis: FrequencyAxis | null
  readonly height: number
  readonly viewport: Viewport
  readonly segments: Segments
}

/** Narrower than that, a label is a letter, and where they are crowded a few: only the selected segment shows it. */
const narrowestTag = { usual: 32, crowded: 64 }
/** A tag that would lie on another one goes a line lower; so wide it is taken to be, and so many lines there are. */
const tagWidth = 130
const mostLines = 8
const markHeight = 12

/** Where each segment near the screen stands in its lane, in pixels, and what of it can be read there. */
export function useSegmentBoxes(stage: Stage) {
  const settings = useSettingsStore()
  const isCrowded = computed(() => stage.viewport.isCrowdedBy(stage.segments.list.value))
  const chosenIds = computed(() => new Set(stage.segments.chosen.value.map(({ id }) => id)))
  const isKept = ({ id }: Segment): boolean => id === '' || chosenIds.value.has(id)
  /** The boxes that are near the screen; what is drawn by hand or selected always. */
  const near = computed(() =>
    thinOut(
      stage.segments.shown.value.filter((segment) => isKept(segment) || stage.viewport.isNear(segment)),
      stage.viewport.pixelsPerSecond.value,
      isKept,
    ),
  )
  const boxes = computed(() => {
    const ends: number[] = []
    return near.value.map((segment) => {
      const { axis, viewport } = stage
      const left = viewport.xOf(segment.startSeconds)
      const width = Math.max(1, viewport.xOf(segment.endSeconds) - left)
      // Where they are crowded, lines would hide the picture: they become marks at its upper edge.
      const isMark = isCrowded.value && width < leastWidth && !isKept(segment)
      const isBox = !isMark && settings.values.showsBounds && (segment.lowHz !== null || segment.highHz !== null)
      const top = axis && isBox && segment.highHz !== null ? (1 - hertzToShare(segment.highHz, axis)) * stage.height : 0
      const bottom = axis && isBox && segment.lowHz !== null ? hertzToShare(segment.lowHz, axis) * stage.height : 0
      const isNamed = segment.labels.length + segment.doubts.length > 0
      const isWide = isCrowded.value ? isNamed && width >= narrowestTag.crowded : width >= narrowestTag.usual
      const hasTag = segment.id !== '' && (isWide || segment.id === stage.segments.selectedId.value)
      const free = ends.findIndex((end) => end <= left)
      // Boxes have their tags where their bounds are.
      const line = !hasTag || isBox ? 0 : Math.min(mostLines - 1, free < 0 ? ends.length : free)
      if (hasTag && !isBox) ends[line] = left + Math.min(width, tagWidth)
      return {
        segment,
        isBox,
        isMark,
        hasTag,
        tagTop: `${2 + line * 19}px`,
        style: {
          left: `${left}px`,
          width: `${width}px`,
          top: `${top}px`,
          bottom: isMark ? `${stage.height - markHeight}px` : `${bottom}px`,
        },
        title: [
          ...segment.labels.map((label) => (label.state === 'absent' ? `not ${label.name}` : label.name)),
          ...segment.doubts.map(({ name }) => `${name}?`),
        ].join(', '),
        hasHandles: !stage.segments.tiers.isLocked(segment.tier) && (width >= leastWidth || isKept(segment)),
        isLocked: stage.segments.tiers.isLocked(segment.tier),
        difference: stage.segments.tiers.differenceOf.value.get(segment.id),
      }
    })
  })
  return { boxes, isCrowded, chosenIds }
}
