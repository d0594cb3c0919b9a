import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { tileColumns, tileFloorDb, tileStep } from '../../../dsp/tile'
import type { ClipDetail } from '../../../shared/contract/clips'
import { useClient } from '../../composables/use-client'
import { usePictureStore } from '../../stores/picture'
import { type FrequencyAxis, makeAxis } from './frequency-axis'
import { LoudestCells } from './loudest-cells'
import { TileCache, type WantedTile } from './tile-cache'
import { type DrawnPicture, type Easel, TilePainter, type TileWindow } from './tile-painter'
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
  /** Grows when whole tiles take the place of sketches: what is on screen gives way to them softly. */
  const revealed = ref(0)
  /** Steps of the loudest cell of the clip, as far as it is known. */
  const loudest = ref(-Infinity)

  const cache = new TileCache({
    fetch: async ({ clipId, settings: request, index }, signal, takesSketch) => {
      const tile = await client.media.tile({ clipId, settings: request, index, takesSketch }, { signal })
      // A copy: what came over a socket is a view into its frame.
      return { ...tile, values: tile.values.slice() }
    },
    onChange(thrown, { clipId }) {
      if (clipId !== clip.value?.id) return paintAhead()
      if (thrown !== null) error.value = thrown
      reveal()
      measure()
      version.value++
    },
  })

  const painter = new TilePainter(cache)
  const loudestCells = new LoudestCells(cache)

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
    const seen = listOf(open.id, now)
    cache.want([...listOf(open.id, all), ...seen, ...neighbours, ...aheadTiles.value], seen)
  }

  /** Whole tiles take the place of the sketches on screen, or of the whole, all at once. @returns whether any did */
  function reveal(): boolean {
    const open = clip.value
    const plans = [shown.value, overview.value].filter((one) => one !== null)
    if (!open || !plans.map((one) => cache.reveal(listOf(open.id, one))).includes(true)) return false
    revealed.value++
    return true
  }

  const measure = (): void => {
    loudest.value = clip.value ? loudestCells.of(clip.value, overview.value) : -Infinity
  }

  function pictureOf(sampleRateHz: number, loudestSteps: number): TilePicture {
    const { scale, lowHz, highHz, level, reference, gainDb, rangeDb } = pictureStore.choices
    const band = highHz > lowHz ? { lowHz, highHz } : null
    const axis = makeAxis(scale, sampleRateHz, band)
    if (level === 'pcen') return { axis, level, floor: 0, ceiling: pcenCeiling * 10 ** (-gainDb / 40) }
    const loudestDb = loudestSteps * tileStep.decibel
    // Digital silence has no loudest cell to measure from: it is drawn as silence.
    const top = reference === 'fullScale' || !(loudestDb > tileFloorDb + 1) ? 0 : loudestDb
    const ceiling = top - gainDb
    return { axis, level, ceiling, floor: ceiling - rangeDb }
  }
  const clipId = computed(() => clip.value?.id)
  const picture = computed<TilePicture | null>(() =>
    clip.value?.sampleRateHz ? pictureOf(clip.value.sampleRateHz, loudest.value) : null,
  )

  /** @returns whether there was a tile to paint */
  const paintOneAhead = (): boolean =>
    ahead.value.some((source) => {
      const [all, now] = [planOverview(source), planShown(source)]
      if (!source.sampleRateHz || !all || !now) return false
      const loudestSteps = loudestCells.of(source, all)
      const isMeasured = listOf(source.id, all).every((tile) => cache.peek(tile))
      if (!isMeasured) return false
      const look = { ...pictureOf(source.sampleRateHz, loudestSteps), colormap: pictureStore.colormap }
      return painter.paintAhead(listOf(source.id, now), look)
    })
  let idle = 0
  /** A page that draws every frame of what plays may have no time left over; a tile takes a frame of it. */
  const longestWaitMs = 150
  /** While nothing else is to be done, paints what may be shown next, a tile at a time: to paint it all takes longer than a frame. */
  function paintAhead(): void {
    cancelIdleCallback(idle)
    idle = requestIdleCallback(
      () => {
        if (paintOneAhead()) paintAhead()
      },
      { timeout: longestWaitMs },
    )
  }

  /** Looks at what is to be shown with fresh eyes; tiles that are here already serve. */
  function begin(): void {
    cache.forgive()
    painter.clear()
    loudestCells.keep([clip.value?.id ?? '', ...ahead.value.map(({ id }) => id)])
    error.value = null
    measure()
    version.value++
    ask()
  }
  function reload(): void {
    cache.clear()
    loudestCells.clear()
    begin()
  }
  // A source each: a clip that is read again after an edit is the same one, and its picture stays.
  watch([() => clip.value?.id, () => clip.value?.sampleRateHz], begin, { immediate: true })
  watch(
    () => JSON.stringify(overview.value?.settings),
    () => {
      loudestCells.clear()
      error.value = null
      measure()
      ask()
    },
  )
  // Said in words: scrolling makes a new plan in every frame, and mostly of the same tiles.
  const described = computed(() => {
    const now = shown.value && [JSON.stringify(shown.value.settings), shown.value.first, shown.value.last].join(' ')
    return [now, ...aheadTiles.value.map((tile) => JSON.stringify(tile))].join('\n')
  })
  watch(described, () => {
    ask()
    // What was aside may have come whole meanwhile.
    if (!reveal()) return
    measure()
    version.value++
  })
  watch(aheadTiles, paintAhead)
  onScopeDispose(() => {
    cancelIdleCallback(idle)
    cache.clear()
  })

  /**
   * Draws what is on screen for a lane of this height in device pixels.
   * @returns null where there is nothing to be shown yet
   */
  function draw(easel: Easel, height: number): DrawnPicture | null {
    const [open, all, now] = [clip.value, overview.value, picture.value]
    if (!open?.sampleRateHz || !all || !now || height < 2) return null
    const pixelsPerSecond = viewport.pixelsPerSecond.value * ratio()
    const width = Math.max(1, Math.round(viewport.width.value * ratio()))
    const window: TileWindow = {
      clipId: open.id,
      clipStartSeconds: open.startSeconds,
      clipPixels: Math.max(width, Math.round(viewport.contentWidth.value * ratio())),
      firstPixel: Math.round(viewport.scrollLeft.value * ratio()),
      width,
      stepFirst: Math.floor(viewport.stepLeft.value * ratio()),
      stepEnd: Math.ceil((viewport.stepLeft.value + viewport.stepWidth.value) * ratio()),
      height,
      pixelsPerSecond,
      sampleRateHz: open.sampleRateHz,
      planOf: (startSeconds, endSeconds) => plan(open, { startSeconds, endSeconds, pixelsPerSecond }),
      overview: all,
    }
    return painter.draw(easel, window, { ...now, colormap: pictureStore.colormap })
  }

  /**
   * The level at a moment of the clip and a frequency, in dB of a sine of full scale or PCEN, as the finest tile that is
   * there has it; null where none is.
   */
  function levelAt(clipSeconds: number, hertz: number): number | null {
    const open = clip.value
    if (!open?.sampleRateHz) return null
    for (const some of [shown.value, overview.value]) {
      if (!some) continue
      const column = Math.round(((open.startSeconds + clipSeconds) * open.sampleRateHz) / some.columnSamples)
      const tile = cache.get({ clipId: open.id, settings: some.settings, index: Math.floor(column / tileColumns) })
      const place = column % tileColumns
      if (!tile || place >= tile.columns) continue
      const bin = Math.min(tile.bins - 1, Math.round((hertz / open.sampleRateHz) * 2 * (tile.bins - 1)))
      return tile.values[place * tile.bins + bin]! * tileStep[some.settings.level]
    }
    return null
  }

  return { clipId, picture, error, version, revealed, shown, draw, levelAt, reload, heldBytes: () => cache.heldBytes }
}

export type Tiles = ReturnType<typeof useTiles>
