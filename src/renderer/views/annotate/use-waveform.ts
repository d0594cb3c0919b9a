import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import type { ClipDetail } from '../../../shared/contract/clips'
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

/**
 * The waveform of what is on screen and around it, in columns from the host: no sound is decoded in the page. The first
 * is that of the whole clip, whose peak is the height of all. What the host sends first for a long recording may be a
 * sketch; it is fetched again when the host says that the whole is known.
 */
export function useWaveform(clip: Ref<ClipDetail | null>, viewport: Viewport) {
  const client = useClient()
  const drawn = shallowRef<WaveWindow | null>(null)
  const error = shallowRef<AppError | null>(null)
  /** Of the background work that the picture waits for; null where there is none. */
  const preparing = ref<{ what: 'decoding' | 'waveform'; share: number } | null>(null)
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
    const pixels = (span.endSeconds - span.startSeconds) * pixelsPerSecond * (globalThis.devicePixelRatio || 1)
    const count = Math.max(1, Math.min(mostColumns, Math.ceil(pixels)))
    try {
      const { columns, isExact } = await client.media.outline(
        { clipId: open.id, ...span, count, channel: 'mean' },
        { signal },
      )
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
      error.value = null
      if (isExact && preparing.value?.what === 'waveform' && span.endSeconds - span.startSeconds >= wholeSeconds())
        preparing.value = null
    } catch (thrown) {
      if (signal.aborted) return
      asked = null
      error.value = toAppError(thrown)
    }
  }

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
        startSeconds: viewport.visibleStartSeconds.value,
        endSeconds: Math.min(durationSeconds, viewport.visibleEndSeconds.value),
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
      preparing.value = null
      reload()
    },
    { immediate: true },
  )
  watch(
    [viewport.width, viewport.visibleStartSeconds, viewport.visibleEndSeconds, viewport.pixelsPerSecond, drawn],
    follow,
  )
  useHostEvent('media.preparing', ({ recordingId, what, doneSeconds, totalSeconds }) => {
    if (recordingId !== clip.value?.recordingId) return
    const isDone = doneSeconds >= totalSeconds
    preparing.value = isDone ? null : { what, share: doneSeconds / totalSeconds }
    if (!isDone || what !== 'waveform' || !asked) return
    void fetchSpan(asked)
  })
  onScopeDispose(() => controller?.abort())

  return { window: drawn, error, preparing, reload }
}
