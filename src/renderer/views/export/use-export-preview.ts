import { onScopeDispose, ref, type Ref, shallowRef, watch } from 'vue'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ExportPreview } from '../../../shared/contract/exports'
import { type AppError, toAppError } from '../../../shared/errors'
import type { ExportOptions } from '../../../shared/job/manifest'
import { useClient, useHostEvent } from '../../composables/use-client'

/** What of an export's options decides which clips go in. */
export type PreviewOptions = Pick<ExportOptions, 'sound' | 'unknown'> & { propagate: boolean }

/** A look that took longer than this is not taken again at every edit, only when a person asks. */
const longMs = 2000

/**
 * Keeps what an export would hold up to date with its format, its clips and the labels. Of millions of clips that takes
 * a while, during which `progress` tells how far it is.
 */
export function useExportPreview(
  format: Ref<string | null>,
  exported: Ref<{ query: ClipQuery; snapshotId: string | null }>,
  options: Ref<PreviewOptions>,
) {
  const client = useClient()
  const preview = shallowRef<ExportPreview | null>(null)
  const error = ref<AppError | null>(null)
  /** Null while nothing is being looked at, and for the first moments of a look. */
  const progress = ref<{ done: number; total: number } | null>(null)
  /** Whether labels have changed since, and it takes too long to look by itself. */
  const isStale = ref(false)
  /** Whether a person has stopped the look, so that there is no preview. */
  const isStopped = ref(false)
  let controller: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let tookMs = 0

  async function look(): Promise<void> {
    stop()
    isStopped.value = false
    isStale.value = false
    if (format.value === null) return
    const own = (controller = new AbortController())
    const startedAt = performance.now()
    try {
      const wanted = { format: format.value, ...exported.value, ...options.value }
      const answer = await client.exports.preview(wanted, { signal: own.signal })
      if (own.signal.aborted) return
      preview.value = answer
      error.value = null
    } catch (thrown) {
      if (own.signal.aborted) return
      preview.value = null
      error.value = toAppError(thrown)
    }
    tookMs = performance.now() - startedAt
    progress.value = null
    controller = null
  }
  function stop(): void {
    controller?.abort()
    controller = null
    progress.value = null
  }
  function cancel(): void {
    stop()
    preview.value = null
    error.value = null
    isStopped.value = true
  }
  function lookSoon(): void {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void look(), 120)
  }
  watch([format, () => JSON.stringify([exported.value, options.value])], lookSoon, { immediate: true })
  useHostEvent('clips.changed', () => {
    if (tookMs < longMs && progress.value === null) lookSoon()
    else isStale.value = true
  })
  useHostEvent('exports.looking', (event) => {
    if (controller !== null) progress.value = event
  })
  onScopeDispose(() => {
    if (timer) clearTimeout(timer)
    stop()
  })
  return { preview, error, progress, isStale, isStopped, look, cancel }
}
