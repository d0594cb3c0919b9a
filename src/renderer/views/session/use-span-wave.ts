import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { RatingItem } from '../../../shared/contract/sessions'
import { useClient, useHostEvent } from '../../composables/use-client'

/** Columns of a picture of the whole segment: enough for wide screens, and the same when a window changes its width. */
const columnCount = 1600

/** Highest and lowest of each column as shares of the segment's peak; null until they are here. */
export interface SpanWave {
  upper: Float32Array
  lower: Float32Array
}

/** The waveform of a segment. */
export function useSpanWave(item: Ref<RatingItem>) {
  const client = useClient()
  const wave = shallowRef<SpanWave | null>(null)
  const error = shallowRef<unknown>(null)
  let controller: AbortController | null = null

  async function load(): Promise<void> {
    controller?.abort()
    const own = (controller = new AbortController())
    const { clipId, clipStartSeconds, startSeconds, endSeconds } = item.value
    try {
      const { columns } = await client.media.outline(
        {
          clipId,
          startSeconds: startSeconds - clipStartSeconds,
          endSeconds: endSeconds - clipStartSeconds,
          count: columnCount,
          channel: 'mean',
        },
        { signal: own.signal },
      )
      if (own.signal.aborted) return
      const upper = new Float32Array(columnCount)
      const lower = new Float32Array(columnCount)
      let peak = 0
      for (let column = 0; column < columnCount; column++)
        peak = Math.max(peak, columns[3 * column + 1]!, -columns[3 * column]!)
      const scale = peak > 0 ? 1 / peak : 1
      for (let column = 0; column < columnCount; column++) {
        lower[column] = Math.min(0, columns[3 * column]! * scale)
        upper[column] = Math.max(0, columns[3 * column + 1]! * scale)
      }
      wave.value = { upper, lower }
      error.value = null
    } catch (thrown) {
      if (!own.signal.aborted) error.value = thrown
    }
  }
  watch(() => `${item.value.clipId} ${item.value.startSeconds}`, load, { immediate: true })
  useHostEvent('media.preparing', ({ recordingId, doneSeconds, totalSeconds }) => {
    if (recordingId === item.value.recordingId && doneSeconds >= totalSeconds) void load()
  })
  onScopeDispose(() => controller?.abort())
  return { wave, error, reload: load }
}
