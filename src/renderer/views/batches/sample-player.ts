/** Plays samples that the page has, from their first to their last. */
import { onScopeDispose, ref } from 'vue'

export function useSamplePlayer() {
  const isPlaying = ref(false)
  let context: AudioContext | null = null
  let source: AudioBufferSourceNode | null = null

  function stop(): void {
    const old = source
    source = null
    isPlaying.value = false
    old?.stop()
  }

  function play(samples: Float32Array, sampleRateHz: number): void {
    stop()
    if (samples.length === 0) return
    context ??= new AudioContext()
    void context.resume()
    const buffer = context.createBuffer(1, samples.length, sampleRateHz)
    buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0)
    const own = new AudioBufferSourceNode(context, { buffer })
    own.connect(context.destination)
    own.onended = () => {
      if (source === own) stop()
    }
    source = own
    isPlaying.value = true
    own.start()
  }

  onScopeDispose(() => {
    stop()
    void context?.close()
  })
  return { isPlaying, play, stop }
}
