/** wavesurfer with its own spectrogram plugin, which decodes a file whole: on the longest file that it shows. */
import type { Page } from '@playwright/test'
import { createReadStream, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { writeLongWav } from '../../e2e/support/long-wav'
import { type Gestures, launch, measureGestures, type Pace, rendererBytes, type Rates } from '../frames'

const dist = 'node_modules/wavesurfer.js/dist'
/** Longest first; 48 kHz stereo. */
const candidates = [120, 105, 90, 60, 30, 10]

/** @returns null where it shows none */
export async function measureWavesurfer(
  work: string,
  pixelsPerSecond: number,
  isInWindow: boolean,
): Promise<Rates | null> {
  for (const minutes of candidates) {
    const file = join(work, `${minutes}.wav`)
    writeLongWav(file, {
      seconds: minutes * 60,
      sampleRateHz: 48_000,
      channelCount: 2,
      clickSeconds: [minutes * 30],
    })
    try {
      const display = await measureOn(file, minutes, pixelsPerSecond, 'display', isInWindow)
      if (display === null) continue
      const uncapped = await measureOn(file, minutes, pixelsPerSecond, 'uncapped', isInWindow)
      if (uncapped !== null) return { display, uncapped }
    } finally {
      rmSync(file)
    }
  }
  return null
}

/** @returns null where there is no picture, which is said with its reason */
async function measureOn(
  file: string,
  minutes: number,
  pixelsPerSecond: number,
  pace: Pace,
  isInWindow: boolean,
): Promise<Gestures | null> {
  const server = serve(file)
  const browser = await launch(pace, isInWindow)
  const name = `wavesurfer spectrogram, ${minutes} min, ${pixelsPerSecond} pixels a second, ${pace}`
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
    await page.addScriptTag({ content: readFileSync(join(dist, 'wavesurfer.min.js'), 'utf8') })
    await page.addScriptTag({ content: readFileSync(join(dist, 'plugins/spectrogram.min.js'), 'utf8') })
    const before = rendererBytes()
    const outcome = await show(page, pixelsPerSecond)
    if (typeof outcome !== 'number') {
      console.log(`${name}: ${outcome}`)
      return null
    }
    console.log(`${name}: first picture after ${(outcome / 1000).toFixed(1)} s`)
    await page.waitForTimeout(3000)
    await page.evaluate((start) => {
      const scope = globalThis as unknown as { surfer: { zoom(pixels: number): void }; zoomBy(factor: number): void }
      let pixels = start
      scope.zoomBy = (factor) => scope.surfer.zoom((pixels *= factor))
    }, pixelsPerSecond)
    const gestures = await measureGestures(page, name, { selector: '.scroll', isInShadow: true })
    console.log(`${name}: ${await countColours(page)} colours in its middle after that`)
    console.log(`${name}: largest page process grew by ${((rendererBytes() - before) / 2 ** 20).toFixed(0)} MiB`)
    return gestures
  } finally {
    await browser.close()
    server.close()
  }
}

/** @returns milliseconds to the picture, or why there is none */
async function show(page: Page, minPxPerSec: number): Promise<number | string> {
  const crashed = new Promise<string>((resolve) => page.once('crash', () => resolve('the page crashed')))
  const shown = page.evaluate(
    async ({ minPxPerSec }) => {
      interface Part {
        on(name: string, listener: (value: unknown) => void): void
      }
      interface Surfer extends Part {
        load(url: string): Promise<void>
      }
      const scope = globalThis as unknown as {
        surfer: Surfer
        WaveSurfer: { create(options: object): Surfer; Spectrogram: { create(options: object): Part } }
      }
      const startMs = performance.now()
      const spectrogram = scope.WaveSurfer.Spectrogram.create({ fftSamples: 2048, height: 402 })
      const surfer = scope.WaveSurfer.create({
        container: '#wave',
        minPxPerSec,
        sampleRate: 48_000,
        height: 96,
        plugins: [spectrogram],
      })
      scope.surfer = surfer
      const failed = new Promise<string>((resolve) =>
        surfer.on('error', (error) => resolve(error instanceof Error ? error.message : String(error))),
      )
      const ready = new Promise<number>((resolve) =>
        spectrogram.on('ready', () => resolve(performance.now() - startMs)),
      )
      surfer.load('/sound.wav').catch(() => undefined)
      return Promise.race([ready, failed])
    },
    { minPxPerSec },
  )
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('no picture within two minutes'), 120_000))
  return Promise.race([shown.catch((thrown: unknown) => String(thrown).split('\n')[0]!), crashed, late])
}

/** Distinct colours on the screen in the middle of the spectrogram: one where nothing was painted. */
async function countColours(page: Page): Promise<number> {
  const shot = await page.screenshot({ clip: { x: 200, y: 204, width: 400, height: 200 } })
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
    context.drawImage(bitmap, 0, 0)
    return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size
  }, shot.toString('base64'))
}

/** A page with a place for the wave, and the sound with ranges. */
function serve(file: string): ReturnType<typeof createServer> {
  const size = statSync(file).size
  return createServer((request, response) => {
    if (request.url === '/') {
      response.setHeader('content-type', 'text/html')
      response.end('<div id="wave" style="width: 791px"></div>')
      return
    }
    const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
    const start = range ? Number(range[1]) : 0
    const end = range?.[2] ? Number(range[2]) : size - 1
    response.setHeader('content-type', 'audio/wav')
    response.setHeader('accept-ranges', 'bytes')
    response.setHeader('content-length', end - start + 1)
    if (range) {
      response.statusCode = 206
      response.setHeader('content-range', `bytes ${start}-${end}/${size}`)
    }
    createReadStream(file, { start, end }).pipe(response)
  }).listen(0)
}
