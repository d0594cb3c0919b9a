import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import type { SpectrogramAnswer, SpectrogramPicture, SpectrogramRequest } from '../../spectrogram-worker'
import { useClient } from '../../composables/use-client'
import { asColormap } from '../../composables/colormaps'
import { useSettingsStore } from '../../stores/settings'

type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : T

/**
 * The spectrogram of a clip as a bitmap: samples from the host, computed by the same code that training uses,
 * in a worker of its own. The old picture stays until the next is there.
 */
export function useSpectrogram(clipId: Ref<string | null>) {
  const client = useClient()
  const settings = useSettingsStore()
  const picture = shallowRef<SpectrogramPicture | null>(null)
  const error = shallowRef<unknown>(null)
  const isLoading = ref(false)
  const worker = new Worker(new URL('../../spectrogram-worker.ts', import.meta.url), { type: 'module' })
  let lastId = 0
  let loadedClip: string | null = null
  let controller = new AbortController()

  const post = (request: SpectrogramRequest, transfer: Transferable[] = []): void =>
    worker.postMessage(request, transfer)

  worker.onmessage = ({ data }: MessageEvent<SpectrogramAnswer>) => {
    if (data.id !== lastId) {
      if (data.kind === 'picture') data.bitmap.close()
      return
    }
    isLoading.value = false
    if (data.kind === 'failed') {
      picture.value = null
      error.value = new Error(data.message)
      return
    }
    picture.value?.bitmap.close()
    picture.value = data
    error.value = null
  }
  worker.onerror = (event) => {
    isLoading.value = false
    error.value = new Error(event.message || 'The spectrogram’s worker did not start.')
  }

  function draw(): void {
    if (loadedClip === null) return
    const request: WithoutId<Extract<SpectrogramRequest, { kind: 'draw' }>> = {
      kind: 'draw',
      scale: settings.values.frequencyScale,
      colormap: asColormap(settings.values.colormap),
      floorDb: settings.values.floorDb,
    }
    post({ ...request, id: ++lastId })
  }

  async function load(id: string | null): Promise<void> {
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    loadedClip = null
    error.value = null
    lastId++
    if (id === null) {
      picture.value = null
      return
    }
    isLoading.value = true
    try {
      const { samples, sampleRateHz } = await client.media.samples({ clipId: id }, { signal })
      if (signal.aborted) return
      // A copy: what came over a socket is a view into its frame.
      const own = samples.slice()
      post({ kind: 'load', samples: own, sampleRateHz }, [own.buffer])
      loadedClip = id
      draw()
    } catch (thrown) {
      if (signal.aborted) return
      isLoading.value = false
      picture.value = null
      error.value = thrown
    }
  }

  watch(clipId, load, { immediate: true })
  watch(() => [settings.values.frequencyScale, settings.values.colormap, settings.values.floorDb], draw)
  onScopeDispose(() => {
    controller.abort()
    worker.terminate()
    picture.value?.bitmap.close()
  })

  return { picture, error, isLoading, reload: () => load(clipId.value) }
}
