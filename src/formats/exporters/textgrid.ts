/**
 * Praat TextGrids in the long text format, UTF-8, one for each recording: a tier for each tier of the catalog, more where
 * segments overlap, gaps as empty intervals, points as point tiers.
 */
import type { ExportAnnotation, ExportManifest } from '../../shared/job/manifest'
import { isPoint } from '../point'
import { layerName, unlabeledText } from '../textgrid-names'
import { again, count, tally, type Exporter } from './export-plan'
import {
  describeSegmentLosses,
  groupByRecording,
  lengthOf,
  loseAbsent,
  losePart,
  mixSegments,
  placesInRecordings,
  presentOf,
  segmentsOnly,
  type ExportedRecording,
} from './recording-groups'

interface Span {
  startSeconds: number
  endSeconds: number
  text: string
}

const accept = (): string | null => null

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`

function toSpans(annotations: readonly ExportAnnotation[]): Span[] {
  return annotations.flatMap(({ startSeconds, endSeconds, labels }) => {
    const names = presentOf(labels)
    return (names.length === 0 ? [unlabeledText] : names).map((text) => ({ startSeconds, endSeconds, text }))
  })
}

/** Deals spans that overlap over as few layers as hold them. Spans are sorted by start. */
function layOut(spans: readonly Span[]): Span[][] {
  const layers: Span[][] = []
  for (const span of spans) {
    const free = layers.find((layer) => layer.at(-1)!.endSeconds <= span.startSeconds)
    if (free) free.push(span)
    else layers.push([span])
  }
  return layers
}

/** Spans with the gaps between them as empty ones, from 0 to the end. */
function fillGaps(spans: readonly Span[], endSeconds: number): Span[] {
  const filled: Span[] = []
  let at = 0
  for (const span of spans) {
    if (span.startSeconds > at) filled.push({ startSeconds: at, endSeconds: span.startSeconds, text: '' })
    filled.push(span)
    at = span.endSeconds
  }
  if (at < endSeconds || filled.length === 0) filled.push({ startSeconds: at, endSeconds, text: '' })
  return filled
}

function writeIntervals(name: string, spans: readonly Span[], endSeconds: number): string[] {
  const filled = fillGaps(spans, endSeconds)
  return [
    `        class = "IntervalTier"`,
    `        name = ${quote(name)}`,
    `        xmin = 0`,
    `        xmax = ${endSeconds}`,
    `        intervals: size = ${filled.length}`,
    ...filled.flatMap((span, index) => [
      `        intervals [${index + 1}]:`,
      `            xmin = ${span.startSeconds}`,
      `            xmax = ${span.endSeconds}`,
      `            text = ${quote(span.text)}`,
    ]),
  ]
}

function writePoints(name: string, spans: readonly Span[], endSeconds: number): string[] {
  return [
    `        class = "TextTier"`,
    `        name = ${quote(name)}`,
    `        xmin = 0`,
    `        xmax = ${endSeconds}`,
    `        points: size = ${spans.length}`,
    ...spans.flatMap((span, index) => [
      `        points [${index + 1}]:`,
      `            number = ${span.startSeconds}`,
      `            mark = ${quote(span.text)}`,
    ]),
  ]
}

function writeTextGrid(recording: ExportedRecording): string {
  const ends = recording.annotations.map((annotation) => annotation.endSeconds)
  const endSeconds = ends.reduce((most, end) => Math.max(most, end), lengthOf(recording))
  const names = [...new Set(recording.annotations.map(({ tier }) => tier))].sort()
  const tiers = names.flatMap((name) => {
    const own = recording.annotations.filter(({ tier }) => tier === name)
    const layers = layOut(toSpans(own.filter((annotation) => !isPoint(annotation))))
    const points = toSpans(own.filter(isPoint))
    // Readers want names apart, also of tiers of the two kinds.
    return [
      ...layers.map((spans, index) => writeIntervals(layerName(name, index + 1), spans, endSeconds)),
      ...(points.length > 0 ? [writePoints(layerName(name, layers.length + 1), points, endSeconds)] : []),
    ]
  })
  // Praat opens no TextGrid without a tier.
  if (tiers.length === 0) tiers.push(writeIntervals('human', [], endSeconds))
  return [
    'File type = "ooTextFile"',
    'Object class = "TextGrid"',
    '',
    'xmin = 0',
    `xmax = ${endSeconds}`,
    'tiers? <exists>',
    `size = ${tiers.length}`,
    'item []:',
    ...tiers.flatMap((lines, index) => [`    item [${index + 1}]:`, ...lines]),
    '',
  ].join('\n')
}

function plan(manifest: ExportManifest): ReturnType<Exporter['plan']> {
  const { clips } = manifest
  const recordings = groupByRecording(clips)
  const { boxes, unlabeled } = tally(clips, {
    boxes: ({ annotations }) => annotations.filter(({ lowHz, highHz }) => lowHz !== null || highHz !== null).length,
    unlabeled: ({ annotations }) => annotations.filter(({ labels }) => presentOf(labels).length === 0).length,
  })
  return {
    audio: [],
    places: placesInRecordings(recordings, ({ stem }) => stem),
    finish: () => ({
      files: again(function* () {
        for (const recording of recordings)
          yield { path: `${recording.stem}.TextGrid`, content: writeTextGrid(recording), isWhole: true }
      }),
      clips: clips.length,
      choices: [
        'Segments that overlap, and the classes of a segment with several, stand in tiers of their own (“human #2”).',
        ...(boxes > 0 ? [`Left out: the frequencies of ${count(boxes, 'box').replace(/boxs$/, 'boxes')}.`] : []),
        ...(unlabeled > 0 ? [`Written as “${unlabeledText}”: ${count(unlabeled, 'segment')} without a class.`] : []),
        ...describeSegmentLosses(clips, {}),
      ],
      details: {},
    }),
  }
}

export const textgridExporter: Exporter = {
  id: 'textgrid',
  name: 'Praat TextGrid',
  description: 'One TextGrid for each recording, with the catalog’s tiers: segments and points. No sound.',
  holdsAudio: false,
  family: 'Annotation tools',
  importer: 'textgrid',
  losses: {
    ...segmentsOnly,
    clip: losePart,
    segments: (clip) => loseAbsent(clip) ?? mixSegments(clip),
    bounds: 'a TextGrid has no frequencies',
    details: 'a TextGrid has no authors, scores and notes',
  },
  accept,
  plan,
}
