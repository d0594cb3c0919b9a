/** Which tiles of a recording's spectrogram a view needs. Pure. */
import { fittingWindow, tileColumns } from '../../../dsp/tile'
import type { TileRequestSettings } from '../../../shared/contract/media'

/** How the picture is computed; how it is painted is not asked of the host. */
export interface PictureSettings {
  window: TileRequestSettings['window']
  /** Samples, a power of two; 0 fits the zoom. */
  windowSamples: number
  /** Share of a window that the finest columns have in common. */
  overlap: number
  level: TileRequestSettings['level']
  channel: TileRequestSettings['channel']
}

export interface TilePlan {
  settings: TileRequestSettings
  columnSamples: number
  /** First and last index, in tiles of the recording. */
  first: number
  last: number
}

export interface TileView {
  sampleRateHz: number
  /** Of the clip in its recording. */
  clipStartSeconds: number
  clipSeconds: number
  /** What is on screen, in the clip's time. */
  startSeconds: number
  endSeconds: number
  /** Device pixels. */
  pixelsPerSecond: number
}

/** One column for about one pixel, no finer than the overlap allows; a power of two of samples. */
export function planTiles(view: TileView, picture: PictureSettings): TilePlan {
  const { sampleRateHz } = view
  const wanted = Math.max(0, Math.round(Math.log2(sampleRateHz / view.pixelsPerSecond)))
  const shortest = picture.windowSamples || fittingWindow(1, sampleRateHz)
  const finest = Math.max(3, Math.ceil(Math.log2(shortest * (1 - picture.overlap))))
  const columnLog2 = Math.min(26, Math.max(finest, wanted))
  const columnSamples = 2 ** columnLog2
  const windowSamples = picture.windowSamples || fittingWindow(columnSamples, sampleRateHz)
  const columnAt = (seconds: number): number =>
    Math.round(((view.clipStartSeconds + Math.max(0, seconds)) * sampleRateHz) / columnSamples)
  // The clip's last sample is in the column whose middle is nearest, as every sample is.
  const lastSample = Math.round((view.clipStartSeconds + view.clipSeconds) * sampleRateHz) - 1
  const lastColumn = Math.min(columnAt(view.endSeconds), Math.round(lastSample / columnSamples))
  const first = Math.floor(Math.min(columnAt(view.startSeconds), lastColumn) / tileColumns)
  return {
    settings: {
      columnLog2,
      windowLog2: Math.log2(windowSamples),
      window: picture.window,
      level: picture.level,
      channel: picture.channel,
    },
    columnSamples,
    first,
    last: Math.floor(lastColumn / tileColumns),
  }
}

/** Names a tile among all of one recording. */
export function tileKey(
  { columnLog2, windowLog2, window, level, channel }: TileRequestSettings,
  index: number,
): string {
  return `${columnLog2} ${windowLog2} ${window} ${level} ${channel} ${index}`
}
