import { onScopeDispose, ref, type Ref, shallowRef, watch } from 'vue'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ExportPreview } from '../../../shared/contract/exports'
import { type AppError, toAppError } from '../../../shared/errors'
import type { ExportOptions } from '../../../shared/job/manifest'
import { useClient, useHostEvent } from '../../composables/use-client'

/** Keeps what an export would hold up to date with its format, its query and the labels. */
export function useExportPreview(
  format: Ref<string | null>,
  query: Ref<ClipQuery>,
  options: Ref<{ unknown: ExportOptions['unknown']; propagate: boolean }>,
) {
  const client = useClient()
  const preview = shallowRef<ExportPreview | null>(null)
  const error = ref<AppError | null>(null)
  let controller: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  async function ask(): Promise<void> {
    controller?.abort()
    if (format.value === null) return
    const own = (controller = new AbortController())
    try {
      const answer = await client.exports.preview(
        { format: format.value, query: query.value, ...options.value },
        { signal: own.signal },
      )
      if (own.signal.aborted) return
      preview.value = answer
      error.value = null
    } catch (thrown) {
      if (own.signal.aborted) return
      preview.value = null
      error.value = toAppError(thrown)
    }
  }
  function askSoon(): void {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void ask(), 120)
  }
  watch([format, () => JSON.stringify([query.value, options.value])], askSoon, { immediate: true })
  useHostEvent('clips.changed', askSoon)
  onScopeDispose(() => {
    if (timer) clearTimeout(timer)
    controller?.abort()
  })
  return { preview, error }
}
