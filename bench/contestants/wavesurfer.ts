/** wavesurfer with its own spectrogram plugin, which decodes a file whole: on the longest file that it shows. */
import type { Page } from '@playwright/test'
import { createReadStream, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { writeLongWav } from '../../e2e/support/long-wav'
import {
  type Gestures,
  launch,
  measureFrames,
  type Pace,
  rendererBytes,
  type Rates,
  scrollEvenly,
  scrollPace,
} from '../frames'

const dist = 'node_modules/wavesurfer.js/dist'
const pixelsPerSecond = 40
/** Longest first; 48 kHz stereo. */
const candidates = [120, 105, 90, 60, 30, 10]

/** @returns null where it shows none */
export async function measureWavesurfer(work: string): Promise<Rates | null> {
  for (const minutes of candidates) {
    const file = join(work, `${minutes}.wav`)
    writeLongWav(file, {
      seconds: minutes * 60,
      sampleRateHz: 48_000,
      channelCount: 2,
      clickSeconds: [minutes * 30],
    })
    try {
      const display = await measureOn(file, minutes, 'display')
      if (display === null) continue
      const uncapped = await measureOn(file, minutes, 'uncapped')
      if (uncapped !== null) return { display, uncapped }
    } finally {
      rmSync(file)
    }
  }
  return null
}

/** @returns null where there is no picture, which is said with its reason */
async function measureOn(file: string, minutes: number, pace: Pace): Promise<Gestures | null> {
  const server = serve(file)
  const browser = await launch(pace)
  const name = `wavesurfer spectrogram, ${minutes} min, ${pace}`
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
    await page.addScriptTag({ content: readFileSync(join(dist, 'wavesurfer.min.js'), 'utf8') })
    await page.addScriptTag({ content: readFileSync(join(dist, 'plugins/spectrogram.min.js'), 'utf8') })
    const before = rendererBytes()
    const outcome = await show(page)
    if (typeof outcome !== 'number') {
      console.log(`${name}: ${outcome}`)
      return null
    }
    console.log(`${name}: first picture after ${(outcome / 1000).toFixed(1)} s`)
    await page.waitForTimeout(3000)
    const scroll = await measureFrames(page, `${name}, scroll`, () =>
      page.evaluate(scrollEvenly, { selector: '.scroll', isInShadow: true, pixelsPerSecond: scrollPace }),
    )
    const zoom = await measureFrames(page, `${name}, zoom`, () =>
      page.evaluate(async (start) => {
        const { surfer } = globalThis as unknown as { surfer: { zoom(pixels: number): void } }
        let pixels = start
        for (let frame = 0; frame < 120; frame++) {
          pixels *= Math.exp(frame < 60 ? 0.0154 : -0.0154)
          surfer.zoom(pixels)
          await new Promise(requestAnimationFrame)
        }
      }, pixelsPerSecond),
    )
    console.log(`${name}: largest page process grew by ${((rendererBytes() - before) / 2 ** 20).toFixed(0)} MiB`)
    return { scroll, zoom }
  } finally {
    await browser.close()
    server.close()
  }
}

/** @returns milliseconds to the picture, or why there is none */
async function show(page: Page): Promise<number | string> {
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
    { minPxPerSec: pixelsPerSecond },
  )
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('no picture within two minutes'), 120_000))
  return Promise.race([shown.catch((thrown: unknown) => String(thrown).split('\n')[0]!), crashed, late])
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
