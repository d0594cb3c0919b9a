/** From the scores of a sliding window to segments that a person can judge. */

/** A window over a clip; seconds in the recording. */
export interface Window {
  startSeconds: number
  endSeconds: number
}

export interface ProposedSegment extends Window {
  classIndex: number
  /** The highest score of its windows, 0 to 1. */
  peak: number
  mean: number
  /** How many windows it was made from. */
  windows: number
}

/**
 * Windows of one length over a clip, each a hop after the one before; the last ends with the clip, so that its end is
 * heard as long as its beginning; a rest of less than a tenth of a hop is no window more. A clip that is no longer than a
 * window is one window.
 * @throws RangeError where window or hop is not above 0, or the clip has no length
 */
export function slideWindows(clip: Window, windowSeconds: number, hopSeconds: number): Window[] {
  const length = clip.endSeconds - clip.startSeconds
  if (!(windowSeconds > 0) || !(hopSeconds > 0) || !(length > 0))
    throw new RangeError(`No windows of ${windowSeconds} s every ${hopSeconds} s over ${length} s.`)
  const spare = length - windowSeconds
  // No moment may fall between the last two; and 4.9999999 s are 5.
  const rest = Math.max(1e-6, Math.min(hopSeconds / 10, windowSeconds - hopSeconds))
  if (spare <= rest) return [{ ...pickSpan(clip) }]
  const count = Math.ceil((spare - rest) / hopSeconds) + 1
  return Array.from({ length: count }, (_, index) => {
    const start = index === count - 1 ? clip.endSeconds - windowSeconds : clip.startSeconds + index * hopSeconds
    return { startSeconds: start, endSeconds: index === count - 1 ? clip.endSeconds : start + windowSeconds }
  })
}

/**
 * A window whose loudest sample is below this proposes nothing: a softmax must name some class for silence too. It is about ten
 * steps of 16 bits, above dithered silence and below what any recording is listened to for. The level is absolute: measured
 * against a recording's own noise, a steady sound that fills all of it, as rain, would never be proposed.
 */
export const silentBelowDbfs = -70
export const isSilent = (peak: number): boolean => peak < 10 ** (silentBelowDbfs / 20)

/**
 * Of each class, neighbouring windows whose score is at the floor or above become one segment, from the start of the
 * first to the end of the last: the sound is certainly inside, though its edges may be anywhere within a window. Two
 * segments of a class that would overlap (a window below the floor lies between them) meet in the middle instead.
 * @param windows in the order of their starts
 * @param scores of each window, one for each class, 0 to 1; null of a window without sound, which ends segments
 * @returns by class, then by time
 * @throws RangeError where a score is no number from 0 to 1, or there are not as many as there should be
 */
export function proposeSegments(
  windows: readonly Window[],
  scores: readonly (ArrayLike<number> | null)[],
  classCount: number,
  floor: number,
): ProposedSegment[] {
  if (scores.length !== windows.length)
    throw new RangeError(`${scores.length} windows have scores, of ${windows.length}.`)
  for (const [index, row] of scores.entries()) if (row) checkScores(row, classCount, index)
  const segments: ProposedSegment[] = []
  for (let classIndex = 0; classIndex < classCount; classIndex++) {
    let own: (ProposedSegment & { sum: number }) | null = null
    let previous: ProposedSegment | null = null
    const end = (): void => {
      if (own === null) return
      const { sum, ...segment } = own
      segment.peak = Math.min(1, segment.peak)
      segment.mean = Math.min(1, sum / segment.windows)
      if (previous !== null && previous.endSeconds > segment.startSeconds)
        previous.endSeconds = segment.startSeconds = (previous.endSeconds + segment.startSeconds) / 2
      segments.push(segment)
      previous = segment
      own = null
    }
    for (const [index, { startSeconds, endSeconds }] of windows.entries()) {
      const score = scores[index]?.[classIndex]
      if (score === undefined || score < floor) end()
      else if (own === null)
        own = { classIndex, startSeconds, endSeconds, peak: score, mean: 0, windows: 1, sum: score }
      else {
        own.endSeconds = endSeconds
        own.peak = Math.max(own.peak, score)
        own.sum += score
        own.windows++
      }
    }
    end()
  }
  return segments
}

/** How much of a span another one covers, 0 to 1. */
export function coveredShare(span: Window, by: Window): number {
  const common = Math.min(span.endSeconds, by.endSeconds) - Math.max(span.startSeconds, by.startSeconds)
  return Math.max(0, common) / (span.endSeconds - span.startSeconds)
}

const pickSpan = ({ startSeconds, endSeconds }: Window): Window => ({ startSeconds, endSeconds })

function checkScores(row: ArrayLike<number>, classCount: number, index: number): void {
  if (row.length !== classCount)
    throw new RangeError(`Window ${index} has ${row.length} scores for ${classCount} classes.`)
  for (let label = 0; label < classCount; label++)
    // Single precision may sum to a little more than 1.
    if (!(row[label]! >= 0 && row[label]! <= 1 + 1e-4))
      throw new RangeError(`The score of class ${label} in window ${index} is ${row[label]}.`)
}
