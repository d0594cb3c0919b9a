import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { tileColumns, tileFloorDb, tileStep } from '../../../dsp/tile'
import type { ClipDetail } from '../../../shared/contract/clips'
import { useClient } from '../../composables/use-client'
import { usePictureStore } from '../../stores/picture'
import { type FrequencyAxis, makeAxis } from './frequency-axis'
import { type HeldTile, TileCache, type WantedTile } from './tile-cache'
import { colourTable, paintTile, rowBins, type RowBins } from './tile-paint'
import { type PictureSettings, planTiles, type TilePlan } from './tile-plan'
import type { Viewport } from './use-viewport'
import type { ShownSpan } from './wave-window'

/** How the picture reads: where frequencies stand, and what the first and the last colour mean. */
export interface TilePicture {
  axis: FrequencyAxis
  level: 'decibel' | 'pcen'
  /** In dB (of a sine of full scale) or PCEN. */
  floor: number
  ceiling: number
}

/** Of what there is a picture: a clip, or a span of one under the clip's id. Seconds are the recording's. */
export type TileSource = Pick<ClipDetail, 'id' | 'startSeconds' | 'endSeconds' | 'sampleRateHz' | 'channelCount'>

/** The last colour of PCEN: steady sound comes to about a half, a sudden one to three and more. */
const pcenCeiling = 3

/**
 * The spectrogram of a clip of any length in tiles that the host computes and keeps. The whole clip's few tiles are
 * always there: they say how loud it gets, and stand in for what is still being computed.
 * @param ahead clips that may be opened next: their tiles, as they would be shown then, are fetched after all others
 */
export function useTiles(
  clip: Ref<TileSource | null>,
  viewport: Viewport,
  ahead: Readonly<Ref<readonly TileSource[]>> = shallowRef([]),
) {
  const client = useClient()
  const pictureStore = usePictureStore()
  const error = shallowRef<unknown>(null)
  /** Grows when something new can be drawn. */
  const version = ref(0)
  /** Steps of the loudest cell of the clip, as far as it is known. */
  const loudest = ref(-Infinity)
  const measured = new Set<number>()

  const cache = new TileCache({
    fetch: async ({ clipId, settings: request, index }, signal) => {
      const tile = await client.media.tile({ clipId, settings: request, index }, { signal })
      // A copy: what came over a socket is a view into its frame.
      return { ...tile, values: tile.values.slice() }
    },
    onChange(thrown, { clipId }) {
      if (clipId !== clip.value?.id) return
      if (thrown !== null) error.value = thrown
      measure()
      version.value++
    },
  })

  function requestFor({ channelCount }: TileSource): PictureSettings {
    const { window, windowSamples, overlap, level, channel } = pictureStore.choices
    const isThere = channel >= 0 && channel < (channelCount ?? 1)
    return { window, windowSamples, overlap, level, channel: isThere ? channel : 'mean' }
  }

  function plan(
    source: TileSource | null,
    { startSeconds, endSeconds, pixelsPerSecond }: Pick<ShownSpan, 'startSeconds' | 'endSeconds' | 'pixelsPerSecond'>,
  ): TilePlan | null {
    const clipSeconds = source ? source.endSeconds - source.startSeconds : 0
    if (!source?.sampleRateHz || !(clipSeconds > 0)) return null
    const span = { clipStartSeconds: source.startSeconds, clipSeconds, startSeconds, endSeconds }
    return planTiles({ ...span, sampleRateHz: source.sampleRateHz, pixelsPerSecond }, requestFor(source))
  }

  const ratio = (): number => globalThis.devicePixelRatio || 1
  // Of a width that does not change with the window's: resizing asks for no other overview.
  function planOverview(source: TileSource | null): TilePlan | null {
    const endSeconds = source ? source.endSeconds - source.startSeconds : 0
    return plan(source, { startSeconds: 0, endSeconds, pixelsPerSecond: 1200 / Math.max(endSeconds, 1e-6) })
  }
  function planShown(source: TileSource | null): TilePlan | null {
    const span = source && viewport.spanFor(source.endSeconds - source.startSeconds)
    return span && plan(source, { ...span, pixelsPerSecond: span.pixelsPerSecond * ratio() })
  }
  const overview = computed(() => planOverview(clip.value))
  const shown = computed(() => planShown(clip.value))

  const listOf = (clipId: string, { settings: request, first, last }: TilePlan): WantedTile[] =>
    Array.from({ length: last - first + 1 }, (_, index) => ({ clipId, settings: request, index: first + index }))
  const aheadTiles = computed(() =>
    ahead.value.flatMap((source) =>
      [planOverview(source), planShown(source)].flatMap((one) => (one ? listOf(source.id, one) : [])),
    ),
  )

  function ask(): void {
    const [all, now, open] = [overview.value, shown.value, clip.value]
    if (!all || !now || !open) return
    const neighbours: WantedTile[] = []
    const perTile = tileColumns * now.columnSamples
    const end = (open.endSeconds * open.sampleRateHz! - 1) / perTile
    const begin = Math.floor((open.startSeconds * open.sampleRateHz!) / perTile)
    for (const index of [now.last + 1, now.first - 1, now.last + 2])
      if (index >= begin && index <= end - 1 / tileColumns)
        neighbours.push({ clipId: open.id, settings: now.settings, index })
    cache.want([...listOf(open.id, all), ...listOf(open.id, now), ...neighbours, ...aheadTiles.value])
  }

  /** Looks for the loudest cell within the clip, in tiles of the overview that have come. */
  function measure(): void {
    const all = overview.value
    const open = clip.value
    if (!all || !open?.sampleRateHz) return
    const columnAt = (at: number): number => (at * open.sampleRateHz!) / all.columnSamples
    const [from, to] = [Math.round(columnAt(open.startSeconds)), Math.floor(columnAt(open.endSeconds))]
    for (let index = all.first; index <= all.last; index++) {
      const tile = measured.has(index) ? null : cache.get({ clipId: open.id, settings: all.settings, index })
      if (!tile) continue
      measured.add(index)
      const first = Math.max(0, from - index * tileColumns)
      const last = Math.min(tile.columns - 1, to - index * tileColumns)
      let most = loudest.value
      for (let at = first * tile.bins; at < (last + 1) * tile.bins; at++)
        if (tile.values[at]! > most) most = tile.values[at]!
      loudest.value = most
    }
  }

  const picture = computed<TilePicture | null>(() => {
    const open = clip.value
    if (!open?.sampleRateHz) return null
    const { scale, lowHz, highHz, level, reference, gainDb, rangeDb } = pictureStore.choices
    const band = highHz > lowHz ? { lowHz, highHz } : null
    const axis = makeAxis(scale, open.sampleRateHz, band)
    if (level === 'pcen') return { axis, level, floor: 0, ceiling: pcenCeiling * 10 ** (-gainDb / 40) }
    const loudestDb = loudest.value * tileStep.decibel
    // Digital silence has no loudest cell to measure from: it is drawn as silence.
    const top = reference === 'fullScale' || !(loudestDb > tileFloorDb + 1) ? 0 : loudestDb
    const ceiling = top - gainDb
    return { axis, level, ceiling, floor: ceiling - rangeDb }
  })

  /** Looks at what is to be shown with fresh eyes; tiles that are here already serve. */
  function begin(): void {
    cache.forgive()
    measured.clear()
    loudest.value = -Infinity
    error.value = null
    measure()
    version.value++
    ask()
  }
  function reload(): void {
    cache.clear()
    begin()
  }
  // A source each: a clip that is read again after an edit is the same one, and its picture stays.
  watch([() => clip.value?.id, () => clip.value?.sampleRateHz], begin, { immediate: true })
  watch(
    () => JSON.stringify(overview.value?.settings),
    () => {
      measured.clear()
      loudest.value = -Infinity
      error.value = null
      measure()
      ask()
    },
  )
  watch([shown, aheadTiles], ask)
  onScopeDispose(() => cache.clear())

  /** What tiles are painted with now; made once for all of them. */
  let paint: { key: string; rows: Map<number, RowBins>; colours: Uint32Array } | null = null

  function canvasOf(tile: HeldTile, height: number, { axis, level, floor, ceiling }: TilePicture): OffscreenCanvas {
    const name = pictureStore.colormap
    const key = [axis.scale, axis.lowHz, axis.highHz, axis.sampleRateHz, level, floor, ceiling, name, height].join(' ')
    if (paint?.key !== key) paint = { key, rows: new Map(), colours: colourTable(name) }
    if (tile.painted?.key === key) return tile.painted.canvas
    const rows = paint.rows.get(tile.bins) ?? rowBins(axis, tile.bins, height)
    paint.rows.set(tile.bins, rows)
    const image = new ImageData(tile.columns, height)
    const step = tileStep[level]
    paintTile(tile, rows, paint.colours, floor / step, ceiling / step, new Uint32Array(image.data.buffer))
    const before = tile.painted ? 4 * tile.painted.canvas.width * tile.painted.canvas.height : 0
    const canvas = new OffscreenCanvas(tile.columns, height)
    canvas.getContext('2d')!.putImageData(image, 0, 0)
    tile.painted = { key, canvas }
    cache.grow(4 * tile.columns * height - before)
    return canvas
  }

  let strip: OffscreenCanvas | null = null

  /** Draws the tiles of a plan that are there. @returns whether all were */
  function drawPlan(context: CanvasRenderingContext2D, plan: TilePlan, now: TilePicture): boolean {
    const { width, height } = context.canvas
    const open = clip.value!
    const perPixel = open.sampleRateHz! / plan.columnSamples / (viewport.pixelsPerSecond.value * ratio())
    const startSeconds = open.startSeconds + viewport.visibleStartSeconds.value
    const startColumn = (startSeconds * open.sampleRateHz!) / plan.columnSamples + 0.5
    const columns = (plan.last - plan.first + 1) * tileColumns
    // Put together column by column first: scaled one by one, tiles would show their edges.
    if (!strip || strip.width < columns || strip.height !== height)
      strip = new OffscreenCanvas(Math.max(columns, strip?.width ?? 0), height)
    const together = strip.getContext('2d')!
    together.clearRect(0, 0, strip.width, height)
    let isWhole = true
    for (let index = plan.first; index <= plan.last; index++) {
      const tile = cache.get({ clipId: open.id, settings: plan.settings, index })
      if (tile) together.drawImage(canvasOf(tile, height, now), (index - plan.first) * tileColumns, 0)
      else isWhole = false
    }
    context.drawImage(strip, startColumn - plan.first * tileColumns, 0, width * perPixel, height, 0, 0, width, height)
    return isWhole
  }

  /** Draws what is on screen into a canvas of its size in device pixels. */
  function draw(context: CanvasRenderingContext2D): void {
    const { width, height } = context.canvas
    context.clearRect(0, 0, width, height)
    const [all, detail, now] = [overview.value, shown.value, picture.value]
    if (!all || !detail || !now || height < 2) return
    context.imageSmoothingEnabled = true
    context.imageSmoothingQuality = 'high'
    const isThere = listOf(clip.value!.id, detail).every((tile) => cache.get(tile))
    if (!isThere) drawPlan(context, all, now)
    drawPlan(context, detail, now)
  }

  return { picture, error, version, shown, draw, reload, heldBytes: () => cache.heldBytes }
}

export type Tiles = ReturnType<typeof useTiles>
