/** Small pictures of clips of any length: a block of the recording is in memory at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { displayFrontEnd } from '../../dsp/presets'
import { countFrames } from '../../dsp/stft'
import { sketchWindows } from '../../dsp/tile'
import { type Thumbnail, ThumbnailPicture } from '../../dsp/thumbnail'
import type { SoundSpan } from './open-sound'
import { readPadded, readSpread } from './read-mono'

interface Size {
  width: number
  height: number
}

/** Samples that are looked at in one go. */
const samplesAtOnce = 2 ** 18

/** Every sample of a span is in one of the windows, so that a short faint call shows however long the clip is. */
export async function paintThumbnail(
  { sound, ...span }: SoundSpan,
  size: Size,
  signal?: AbortSignal,
): Promise<Thumbnail> {
  const display = displayFrontEnd(sound.sampleRateHz, 'mel')
  // Half-overlapping windows miss no click and are plenty for so few columns.
  const hopSamples = display.fftSamples / 2
  const frames = countFrames(span.to - span.from, { ...display, hopSamples })
  // Centred by the reading: of a block, and not of the clip, the computation would pad both ends.
  const picture = new ThumbnailPicture(size, frames, { ...display, hopSamples, center: false })
  const atOnce = Math.max(1, Math.floor(samplesAtOnce / hopSamples))
  for (let frame = 0; frame < frames; frame += atOnce) {
    // Reading does not wait for the disk: without a turn in between, the thread would not hear that it may stop.
    if (frame > 0) await nextTurn()
    signal?.throwIfAborted()
    const from = span.from + frame * hopSamples - display.fftSamples / 2
    const to = from + (Math.min(atOnce, frames - frame) - 1) * hopSamples + display.fftSamples
    picture.add(await readPadded(sound, from, to, 'mean', span), frame)
  }
  return picture.finish()
}

/** The same from a few windows of each column, whatever lies between them: of hours, within a moment. */
export async function sketchThumbnail({ sound, from, to }: SoundSpan, size: Size): Promise<Thumbnail> {
  const display = displayFrontEnd(sound.sampleRateHz, 'mel')
  const windows = sketchWindows * size.width
  const samples = await readSpread(sound, from, to, windows, display.fftSamples)
  // Each frame is one of the windows: none reaches into the next.
  const picture = new ThumbnailPicture(size, windows, { ...display, hopSamples: display.fftSamples, center: false })
  picture.add(samples, 0)
  return picture.finish()
}
