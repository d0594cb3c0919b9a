/** What the audible outline says: whole words instead of signs, so that any voice reads them right. Pure. */
import type { ClipDetail } from '../../../shared/contract/clips'
import type { Segment } from './segment'

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A moment: "2.45 seconds", "1 minute 2.5 seconds", "1 hour 0 minutes 3 seconds". To a hundredth. */
export function sayTime(seconds: number): string {
  const rounded = Math.round(Math.max(0, seconds) * 100) / 100
  const hours = Math.floor(rounded / 3600)
  const minutes = Math.floor((rounded % 3600) / 60)
  const rest = Number((rounded - hours * 3600 - minutes * 60).toFixed(2))
  const parts = [
    ...(hours > 0 ? [plural(hours, 'hour')] : []),
    ...(hours > 0 || minutes > 0 ? [plural(minutes, 'minute')] : []),
    `${rest} second${rest === 1 ? '' : 's'}`,
  ]
  return parts.join(' ')
}

const sayHertz = (hertz: number): string =>
  hertz < 1000 ? `${Math.round(hertz)} hertz` : `${Number((hertz / 1000).toPrecision(3))} kilohertz`

function sayBand({ lowHz, highHz }: Pick<Segment, 'lowHz' | 'highHz'>): string[] {
  if (lowHz === null && highHz === null) return []
  if (lowHz === null) return [`up to ${sayHertz(highHz!)}`]
  return [highHz === null ? `from ${sayHertz(lowHz)} up` : `${sayHertz(lowHz)} to ${sayHertz(highHz)}`]
}

/** Present classes by their name alone, since they are most. */
function sayLabels({ labels, doubts }: Pick<Segment, 'labels' | 'doubts'>): string {
  const said = [
    ...labels.filter(({ state }) => state === 'present').map(({ name }) => name),
    ...labels.filter(({ state }) => state === 'absent').map(({ name }) => `${name} absent`),
    ...doubts.map(({ name }) => `cannot tell ${name}`),
  ]
  return said.length > 0 ? said.join(', ') : 'no label'
}

/** "Segment 3 of 12: dog, rooster absent; 1.2 to 2.45 seconds, 1.25 seconds long; 400 hertz to 3 kilohertz; tier human". */
export function describeSegment(segment: Segment, list: readonly Segment[]): string {
  const { startSeconds, endSeconds, score, note, tier } = segment
  const place = list.findIndex(({ id }) => id === segment.id) + 1
  return [
    `Segment ${place} of ${list.length}: ${sayLabels(segment)}`,
    `${sayTime(startSeconds)} to ${sayTime(endSeconds)}, ${sayTime(endSeconds - startSeconds)} long`,
    ...sayBand(segment),
    `tier ${tier}`,
    ...(score === null ? [] : [`score ${Math.round(100 * score)} percent`]),
    ...(note === '' ? [] : [`note: ${note}`]),
  ].join('; ')
}

/** The open clip: its name, length, labels, and how many segments there are. */
export function describeClip(clip: ClipDetail, name: string, list: readonly Segment[]): string {
  return [
    name,
    `${sayTime(clip.endSeconds - clip.startSeconds)} long`,
    sayLabels(clip),
    list.length === 0 ? 'no segment' : plural(list.length, 'segment'),
    clip.isFullyAnnotated ? 'fully annotated' : 'not fully annotated',
  ].join('; ')
}

/** Where the playhead stands, and which segments are there. */
export function describeMoment(seconds: number, list: readonly Segment[]): string {
  const here = list.filter(({ startSeconds, endSeconds }) => startSeconds <= seconds && seconds <= endSeconds)
  const next = list.find(({ startSeconds }) => startSeconds > seconds)
  const under = here.map((segment) => `in ${sayLabels(segment)}, tier ${segment.tier}`)
  return [
    `At ${sayTime(seconds)}`,
    ...(under.length > 0 ? under : ['in no segment']),
    ...(next ? [`the next begins in ${sayTime(next.startSeconds - seconds)}`] : []),
  ].join('; ')
}

/** The nearest beginning or end of a segment after (1) or before (−1) a moment; null where there is none. */
export function nextEdge(
  seconds: number,
  by: 1 | -1,
  list: readonly Segment[],
): { seconds: number; segment: Segment; isStart: boolean } | null {
  // A playhead that stands on an edge goes on to the next.
  const reach = 0.0005
  const edges = list
    .flatMap((segment) => [
      { seconds: segment.startSeconds, segment, isStart: true },
      { seconds: segment.endSeconds, segment, isStart: false },
    ])
    .filter((edge) => (edge.seconds - seconds) * by > reach)
    .sort((a, b) => (a.seconds - b.seconds) * by)
  return edges[0] ?? null
}

/** "Start of dog, 1.2 seconds". */
export function describeEdge({ seconds, segment, isStart }: NonNullable<ReturnType<typeof nextEdge>>): string {
  return `${isStart ? 'Start' : 'End'} of ${sayLabels(segment)}, ${sayTime(seconds)}`
}
