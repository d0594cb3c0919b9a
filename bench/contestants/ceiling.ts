/**
 * The most frames that this Chromium can make at all: of a page with nothing but a picture of the stage's size that is painted
 * once and moved by its transform, and of one where nothing but a small box moves. Who scrolls a spectrogram does more.
 */
import type { Page } from '@playwright/test'
import { launch, measureFrames, type Pace, scrollPace } from '../frames'

export interface Ceiling {
  /** Frames a second. */
  picture: number
  box: number
}

/** @param stage of the spectrogram with its waveform, in pixels */
export async function measureCeiling(
  pace: Pace,
  stage: { width: number; height: number },
  isInWindow: boolean,
): Promise<Ceiling> {
  const browser = await launch(pace, isInWindow)
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.evaluate(show, stage)
    await page.waitForTimeout(500)
    const picture = await best(page, `ceiling, ${pace}, a picture moved`)
    await page.evaluate(show, { width: 10, height: 10 })
    await page.waitForTimeout(500)
    const box = await best(page, `ceiling, ${pace}, a box of ten pixels moved`)
    return { picture, box }
  } finally {
    await browser.close()
  }
}

/** Of three turns the one that other programs disturbed least: no frame is made by chance. */
async function best(page: Page, name: string): Promise<number> {
  let most = 0
  for (let turn = 0; turn < 3; turn++)
    most = Math.max(most, await measureFrames(page, name, () => page.evaluate(move, scrollPace)))
  return most
}

/** In the page: noise, for a plain colour could be drawn for less. */
function show({ width, height }: { width: number; height: number }): void {
  document.body.style.cssText = 'margin: 0; overflow: hidden; background: #222'
  document.body.innerHTML = '<div style="position: absolute; left: 240px; top: 60px; overflow: hidden"></div>'
  const frame = document.querySelector('div')!
  // As wide as the stage for both: what is moved stays in sight.
  frame.style.width = '791px'
  frame.style.height = `${height}px`
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.style.willChange = 'transform'
  const noise = new ImageData(width, height)
  const pixels = new Uint32Array(noise.data.buffer)
  for (let at = 0; at < pixels.length; at++) pixels[at] = (Math.imul(at, 2_654_435_761) | 0xff000000) >>> 0
  canvas.getContext('2d', { alpha: false })!.putImageData(noise, 0, 0)
  frame.append(canvas)
}

/** In the page: for three seconds to the right, from the left again after 300 pixels. */
async function move(pixelsPerSecond: number): Promise<void> {
  const canvas = document.querySelector('canvas')!
  const startMs = performance.now()
  for (;;) {
    const seconds = (performance.now() - startMs) / 1000
    if (seconds > 3) return
    canvas.style.transform = `translateX(${(seconds * pixelsPerSecond) % 300}px)`
    await new Promise(requestAnimationFrame)
  }
}
