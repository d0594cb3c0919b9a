import type { RatingPace } from '../../../shared/contract/sessions'
import { formatCount, formatDuration } from '../../display-format'

/** A whole number, or a dash where there is none yet. */
export const roundCount = (value: number | null): string => (value === null ? '–' : formatCount(Math.round(value)))
export const roundTo = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits))

/** How a pace is written, in the tables of a session and of all sessions alike. */
export const paceColumns: readonly { title: string; say: (pace: RatingPace) => string }[] = [
  { title: 'Time', say: ({ activeSeconds }) => formatDuration(activeSeconds) },
  { title: 'Segments/h', say: ({ segmentsPerHour }) => roundCount(segmentsPerHour) },
  { title: 'Clips/h', say: ({ clipsPerHour }) => roundCount(clipsPerHour) },
  { title: 'Median s a verdict', say: ({ medianVerdictSeconds }) => roundTo(medianVerdictSeconds, 1) },
  { title: 'Keys a segment', say: ({ keysPerSegment }) => roundTo(keysPerSegment, 2) },
]
