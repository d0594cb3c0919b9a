import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import type { ClipDetail } from '../../../shared/contract/clips'
import type { Client } from '../../../shared/contract/contract'
import { toAppError, type AppError } from '../../../shared/errors'
import { useClient, useHostEvent } from '../../composables/use-client'
import type { Viewport } from './use-viewport'
import { nextWaveSpan, type WaveSpan } from './wave-window'

/** What wavesurfer draws: a part of the clip in as many columns as it has pixels. */
export interface WaveWindow extends WaveSpan {
  clipId: string
  /** For how many pixels a second it was fetched. */
  pixelsPerSecond: number
  /** Highest and lowest of each column, as shares of the clip's peak. */
  peaks: [Float32Array, Float32Array]
}

const mostColumns = 16_384

interface OutlineQuestion extends WaveSpan {
  clipId: string
  count: number
}

function questionOf(clipId: string, { startSeconds, endSeconds }: WaveSpan, pixelsPerSecond: number): OutlineQuestion {
  const pixels = (endSeconds - startSeconds) * pixelsPerSecond * (globalThis.devicePixelRatio || 1)
  return { clipId, startSeconds, endSeconds, count: Math.max(1, Math.min(mostColumns, Math.ceil(pixels))) }
}

type Outline = Awaited<ReturnType<Client['media']['outline']>> & { count: number }

/** Asks for columns, or has them from when they were asked for ahead. A sketch is not kept: the whole may be known by now. */
function makeOutlines() {
  const client = useClient()
  const kept = new Map<string, { answer: Outline | null; controller: AbortController }>()

  async function ask(question: OutlineQuestion, signal: AbortSignal): Promise<Outline> {
    const answer = await client.media.outline({ ...question, channel: 'mean' }, { signal })
    return { ...answer, count: question.count }
  }

  async function get(question: OutlineQuestion, signal: AbortSignal): Promise<Outline> {
    return kept.get(JSON.stringify(question))?.answer ?? ask(question, signal)
  }

  /** Fetches what is not kept yet, and forgets all else. What cannot be had is said when somebody wants to see it. */
  function keep(questions: OutlineQuestion[]): void {
    const keys = new Set(questions.map((question) => JSON.stringify(question)))
    for (const [key, { controller }] of kept)
      if (!keys.has(key)) {
        controller.abort()
        kept.delete(key)
      }
    for (const question of questions) {
      const key = JSON.stringify(question)
      if (kept.has(key)) continue
      const entry = { answer: null as Outline | null, controller: new AbortController() }
      kept.set(key, entry)
      ask(question, entry.controller.signal).then(
        (answer) => {
          if (answer.isExact) entry.answer = answer
        },
        () => kept.delete(key),
      )
    }
  }
  return { get, keep }
}

/**
 * The waveform of what is on screen and around it, in columns from the host: no sound is decoded in the page. The first
 * is that of the whole clip, whose peak is the height of all. What the host sends first for a long recording may be a
 * sketch; it is fetched again when the host says that the whole is known.
 * @param ahead clips that may be opened next: the columns that they will begin with are fetched
 */
export function useWaveform(
  clip: Ref<ClipDetail | null>,
  viewport: Viewport,
  ahead: Readonly<Ref<readonly ClipDetail[]>>,
) {
  const drawn = shallowRef<WaveWindow | null>(null)
  /** The whole clip, however near it is looked at. */
  const whole = shallowRef<WaveWindow | null>(null)
  const error = shallowRef<AppError | null>(null)
  /** Of the background work that the picture waits for; null where there is none. */
  const preparing = ref<{ what: 'decoding' | 'waveform'; share: number } | null>(null)
  const outlines = makeOutlines()
  let highest = 0
  let controller: AbortController | null = null
  let asked: (WaveSpan & { pixelsPerSecond: number }) | null = null

  async function fetchSpan({ startSeconds, endSeconds }: WaveSpan): Promise<void> {
    const span = { startSeconds, endSeconds }
    const open = clip.value
    if (!open) return
    controller?.abort()
    controller = new AbortController()
    const { signal } = controller
    const pixelsPerSecond = viewport.pixelsPerSecond.value
    asked = { ...span, pixelsPerSecond }
    try {
      const { columns, isExact, count } = await outlines.get(questionOf(open.id, span, pixelsPerSecond), signal)
      if (signal.aborted) return
      const upper = new Float32Array(count)
      const lower = new Float32Array(count)
      let peak = 0
      for (let column = 0; column < count; column++) {
        lower[column] = columns[3 * column]!
        upper[column] = columns[3 * column + 1]!
        peak = Math.max(peak, upper[column]!, -lower[column]!)
      }
      // A sketch of the whole may have missed the loudest sample.
      highest = Math.max(highest, peak)
      const scale = highest > 0 ? 1 / highest : 1
      for (let column = 0; column < count; column++) {
        lower[column] = Math.min(0, lower[column]! * scale)
        upper[column] = Math.max(0, upper[column]! * scale)
      }
      drawn.value = { clipId: open.id, ...span, pixelsPerSecond, peaks: [upper, lower] }
      if (span.endSeconds - span.startSeconds >= wholeSeconds()) whole.value = drawn.value
      error.value = null
      if (isExact && preparing.value?.what === 'waveform' && span.endSeconds - span.startSeconds >= wholeSeconds())
        preparing.value = null
    } catch (thrown) {
      if (signal.aborted) return
      asked = null
      error.value = toAppError(thrown)
    }
  }

  // What comes next is asked for once this clip is drawn.
  watch([ahead, drawn, viewport.width], () => {
    if (!drawn.value) return
    outlines.keep(
      ahead.value.map(({ id, startSeconds, endSeconds }) => {
        const seconds = endSeconds - startSeconds
        return questionOf(id, { startSeconds: 0, endSeconds: seconds }, viewport.spanFor(seconds).pixelsPerSecond)
      }),
    )
  })

  const wholeSeconds = (): number => (clip.value ? clip.value.endSeconds - clip.value.startSeconds : 0)

  function follow(): void {
    const open = clip.value
    if (!open || viewport.width.value <= 0) return
    const durationSeconds = wholeSeconds()
    // The peak of the whole clip comes first: what is drawn later is measured by it.
    if (!asked && highest === 0) return void fetchSpan({ startSeconds: 0, endSeconds: durationSeconds })
    if (highest === 0) return
    const span = nextWaveSpan(
      {
        startSeconds: viewport.stepStartSeconds.value,
        endSeconds: Math.min(durationSeconds, viewport.stepEndSeconds.value),
        durationSeconds,
        pixelsPerSecond: viewport.pixelsPerSecond.value,
      },
      asked,
    )
    if (span) void fetchSpan(span)
  }

  function reload(): void {
    controller?.abort()
    asked = null
    highest = 0
    error.value = null
    follow()
  }

  watch(
    () => clip.value?.id,
    () => {
      drawn.value = null
      whole.value = null
      preparing.value = null
      reload()
    },
    { immediate: true },
  )
  watch([viewport.width, viewport.stepStartSeconds, viewport.stepEndSeconds, viewport.pixelsPerSecond, drawn], follow)
  useHostEvent('media.preparing', ({ recordingId, what, doneSeconds, totalSeconds }) => {
    if (recordingId !== clip.value?.recordingId) return
    const isDone = doneSeconds >= totalSeconds
    preparing.value = isDone ? null : { what, share: doneSeconds / totalSeconds }
    if (!isDone || what !== 'waveform' || !asked) return
    void fetchSpan(asked)
  })
  onScopeDispose(() => {
    controller?.abort()
    outlines.keep([])
  })

  return { window: drawn, whole, error, preparing, reload }
}
