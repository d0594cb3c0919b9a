/** Two sounds started at once, of which one is heard: to change between them keeps the place. */
import { ref } from 'vue'

export type Side = 'before' | 'after'

function level(samples: Float32Array): number {
  let sum = 0
  for (const value of samples) sum += value * value
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length)
}

/**
 * What each side is multiplied by so that both have one root mean square: the louder is softened to the softer, so that
 * neither goes over ±1 which did not. Silence has no level to be matched.
 */
export function matchLoudness(before: Float32Array, after: Float32Array): Record<Side, number> {
  const [a, b] = [level(before), level(after)]
  if (a === 0 || b === 0) return { before: 1, after: 1 }
  return { before: Math.min(1, b / a), after: Math.min(1, a / b) }
}

/** The fade from one side to the other: short enough for a comparison, long enough not to click. */
const fadeSeconds = 0.01

export function useAbPlayer() {
  const side = ref<Side>('after')
  const isPlaying = ref(false)
  let context: AudioContext | null = null
  let playing: {
    sources: AudioBufferSourceNode[]
    gains: Record<Side, GainNode>
    levels: Record<Side, number>
  } | null = null

  function stop(): void {
    const old = playing
    playing = null
    isPlaying.value = false
    for (const source of old?.sources ?? []) source.stop()
  }

  function play(before: Float32Array, after: Float32Array, sampleRateHz: number): void {
    stop()
    if (before.length === 0 || after.length === 0) return
    context ??= new AudioContext()
    void context.resume()
    const output = context
    const levels = matchLoudness(before, after)
    const make = (samples: Float32Array, own: Side): { source: AudioBufferSourceNode; gain: GainNode } => {
      const buffer = output.createBuffer(1, samples.length, sampleRateHz)
      buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0)
      const source = new AudioBufferSourceNode(output, { buffer })
      const gain = new GainNode(output, { gain: side.value === own ? levels[own] : 0 })
      source.connect(gain).connect(output.destination)
      return { source, gain }
    }
    const [a, b] = [make(before, 'before'), make(after, 'after')]
    const own = { sources: [a.source, b.source], gains: { before: a.gain, after: b.gain }, levels }
    playing = own
    isPlaying.value = true
    // The longer of both ends the comparison.
    const longest = before.length > after.length ? a.source : b.source
    longest.onended = () => {
      if (playing === own) stop()
    }
    const start = output.currentTime + 0.02
    for (const source of own.sources) source.start(start)
  }

  function hear(next: Side): void {
    side.value = next
    if (!playing || !context) return
    for (const own of ['before', 'after'] as const)
      playing.gains[own].gain.setTargetAtTime(
        own === next ? playing.levels[own] : 0,
        context.currentTime,
        fadeSeconds / 3,
      )
  }

  function close(): void {
    stop()
    void context?.close()
    context = null
  }
  return { side, isPlaying, play, stop, hear, close }
}
