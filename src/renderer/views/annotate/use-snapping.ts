import { computed, shallowRef, watch, type Ref } from 'vue'
import { findOnsets } from '../../../dsp/onsets'
import { nearestZeroCrossing } from '../../../dsp/zero-crossing'
import { usePlayer } from '../../composables/use-player'
import { ClipSound } from '../../sound/clip-sound'
import { fetchMediaRange } from '../../sound/sound-desk'
import { useSettingsStore } from '../../stores/settings'
import { EdgeIndex, nearestPlace, type SnapPlace } from './snap'
import type { Segment } from './segment'

/** Sound is looked through in blocks of this length, each with a margin on both sides. */
const blockSeconds = 2
const marginSeconds = 0.35
const keptBlocks = 40
/** Zero crossings are everywhere but in silence, which is not to be leapt over: a period of 20 Hz. */
const nearSeconds = 0.05

interface Block {
  startSeconds: number
  sampleRateHz: number
  samples: Float32Array
  onsets: number[]
}

/** The mean of channels, which is what a network hears of them. */
function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first, ...others] = channels
  if (!first || others.length === 0) return first ?? new Float32Array(0)
  return first.map((sample, at) => others.reduce((sum, own) => sum + own[at]!, sample) / channels.length)
}

/**
 * What edges may go to: the playhead and other edges at once, zero crossings and onsets as soon as the sound around is
 * read. Whole files are never read for it.
 */
export function useSnapping(clipId: Ref<string | null>, segments: Ref<Segment[]>) {
  const player = usePlayer()
  const settings = useSettingsStore()
  const sound = shallowRef<ClipSound | null>(null)
  /** By number; what is being read is a promise, what has been is also in `ready`. */
  const asked = new Map<number, Promise<Block>>()
  const ready = new Map<number, Block>()
  const edges = computed(() => new EdgeIndex(segments.value))

  watch(clipId, () => {
    sound.value = null
    asked.clear()
    ready.clear()
  })

  function load(number: number): Promise<Block> {
    const known = asked.get(number)
    if (known) return known
    const id = clipId.value
    if (id === null) return Promise.reject(new Error('No clip is open.'))
    const opened = (sound.value ??= new ClipSound(id, fetchMediaRange))
    const loading = opened.facts().then(async ({ sampleRateHz, frames }) => {
      const startSeconds = Math.max(0, number * blockSeconds - marginSeconds)
      const from = Math.round(startSeconds * sampleRateHz)
      const to = Math.min(frames, Math.round(((number + 1) * blockSeconds + marginSeconds) * sampleRateHz))
      const samples = mixToMono(await opened.read(from, to))
      const onsets = findOnsets(samples, sampleRateHz).map((seconds) => from / sampleRateHz + seconds)
      const block = { startSeconds: from / sampleRateHz, sampleRateHz, samples, onsets }
      if (clipId.value === id) ready.set(number, block)
      return block
    })
    asked.set(number, loading)
    loading.catch(() => asked.delete(number))
    for (const old of [...asked.keys()].slice(0, -keptBlocks)) {
      asked.delete(old)
      ready.delete(old)
    }
    return loading
  }

  const numberOf = (seconds: number): number => Math.max(0, Math.floor(seconds / blockSeconds))
  function zeroIn(block: Block, seconds: number): SnapPlace[] {
    const place = nearestZeroCrossing(block.samples, (seconds - block.startSeconds) * block.sampleRateHz)
    return place === null ? [] : [{ seconds: block.startSeconds + place / block.sampleRateHz, what: 'zero crossing' }]
  }
  const onsetsIn = (block: Block): SnapPlace[] => block.onsets.map((seconds) => ({ seconds, what: 'onset' }))

  /** The playhead, and the nearest edge of another segment. */
  function fixedPlaces(seconds: number, exceptId: string | null): SnapPlace[] {
    const isHere = player.state.clip?.id === clipId.value
    const playhead = isHere ? [{ seconds: player.state.positionSeconds, what: 'playhead' }] : []
    return [...playhead, ...[edges.value.nearest(seconds, exceptId)].filter((place) => place !== null)]
  }

  /** Where a dragged edge would go now; what is not known yet is read meanwhile. */
  function peek(seconds: number, exceptId: string | null, withinSeconds: number): SnapPlace | null {
    const { snapMode } = settings.values
    if (snapMode === 'off') return null
    const places = fixedPlaces(seconds, exceptId)
    if (snapMode !== 'edges') {
      const block = ready.get(numberOf(seconds))
      if (block) places.push(...(snapMode === 'zero' ? zeroIn(block, seconds) : onsetsIn(block)))
      else void load(numberOf(seconds)).catch(() => undefined)
    }
    return nearestPlace(seconds, places, withinSeconds)
  }

  /** The nearest place of one kind, for a key. @throws AppError when the sound cannot be read */
  async function find(kind: 'edge' | 'zero' | 'onset', seconds: number, exceptId: string): Promise<SnapPlace | null> {
    if (kind === 'edge') return edges.value.nearest(seconds, exceptId)
    const block = await load(numberOf(seconds))
    // An onset further away than the margin may be missed, and would surprise.
    return kind === 'zero'
      ? nearestPlace(seconds, zeroIn(block, seconds), nearSeconds)
      : nearestPlace(seconds, onsetsIn(block), marginSeconds)
  }

  return { peek, find }
}
