/**
 * Two hours of 48 kHz stereo in the annotator: `npm run bench -- long-audio`. Prints how long the first picture takes with
 * nothing kept and with everything kept, frames drawn while scrolling and zooming (from Chromium's trace), how much the
 * page's process grows, and tiles a second beside scipy's STFT; and the same of wavesurfer's own spectrogram plugin.
 * `--only tiles`, `annotator` or `wavesurfer` runs one part. Needs 1.4 GB in the temporary folder; PYTHON names an
 * interpreter with scipy.
 */
import { type Browser, chromium, type Page } from '@playwright/test'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchHeadless } from '../e2e/support/launch-headless'
import { writeLongWav } from '../e2e/support/long-wav'
import { computeTile, tileColumns } from '../src/dsp/tile'
import { findBrowser } from '../bin/find-browser.mjs'

const rateHz = 48_000
const seconds = 7200

export async function main(args: string[] = []): Promise<void> {
  const only = args[args.indexOf('--only') + 1]
  const wants = (part: string): boolean => !args.includes('--only') || only === part
  const work = mkdtempSync(join(tmpdir(), 'earmark-long-'))
  try {
    if (wants('tiles')) await measureTiles()
    if (wants('annotator')) await measureAnnotator(work)
    if (wants('wavesurfer')) for (const minutes of [10, 60]) await measureWavesurfer(minutes)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const launch = async (): Promise<Browser> =>
  chromium.launch({
    executablePath: await findBrowser(),
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  })

/** One core: 2048-sample windows every 512, ours beside scipy's. */
async function measureTiles(): Promise<void> {
  const length = 60 * rateHz
  const samples = Float32Array.from({ length }, (_, n) => 0.3 * Math.sin(n * 0.05 + n * n * 1e-8))
  const settings = { columnSamples: 512, windowSamples: 2048, window: 'hann', level: 'decibel' } as const
  const read = async (from: number, to: number): Promise<Float32Array> => {
    const part = new Float32Array(to - from)
    part.set(samples.subarray(Math.max(0, from), Math.min(length, to)), Math.max(0, -from))
    return part
  }
  const tiles = Math.floor(length / 512 / tileColumns)
  // The best of some turns of both: the one that other programs disturbed least.
  let best = Infinity
  for (let turn = 0; turn < 5; turn++) {
    const startMs = performance.now()
    for (let index = 0; index < tiles; index++) await computeTile(read, length, rateHz, settings, index)
    best = Math.min(best, (performance.now() - startMs) / 1000)
  }
  const ours = (tiles * tileColumns * 512) / rateHz / best
  const script = `
import time, numpy as np
from scipy.signal import stft
n = np.arange(${length}, dtype=np.float64)
y = (0.3 * np.sin(n * 0.05 + n * n * 1e-8)).astype(np.float32)
best = 1e9
for _ in range(5):
    t = time.perf_counter()
    _, _, x = stft(y, ${rateHz}, nperseg=2048, noverlap=1536, scaling='spectrum')
    db = 20 * np.log10(np.maximum(1e-8, 2 * np.abs(x)))
    best = min(best, time.perf_counter() - t)
print(${length / rateHz} / best)`
  const python = spawnSync(process.env.PYTHON ?? 'python3', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const scipy = Number(python.stdout)
  console.log(`tiles: ${ours.toFixed(0)} × real time on one core`)
  console.log(
    python.status === 0
      ? `scipy.signal.stft and decibels: ${scipy.toFixed(0)} × real time; ours ${(ours / scipy).toFixed(2)} of it`
      : `scipy is not there (${python.stderr.split('\n').at(-2) ?? 'no Python'})`,
  )
}

async function measureAnnotator(work: string): Promise<void> {
  const sounds = join(work, 'sounds')
  const catalog = join(work, 'catalog')
  mkdirSync(sounds)
  writeLongWav(join(sounds, 'long.wav'), { seconds, sampleRateHz: rateHz, channelCount: 2, clickSeconds: [5760.1] })
  const userFolder = join(work, 'user')
  const run = (...args: string[]): void =>
    void execFileSync(process.execPath, ['bin/earmark.mjs', ...args], {
      env: { ...process.env, EARMARK_USER_FOLDER: userFolder },
      stdio: 'ignore',
    })
  run('init', catalog)
  run('import', catalog, sounds)
  const host = await launchHeadless({ userFolder, catalog })
  const browser = await launch()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(host.url)
    const grid = page.getByRole('grid', { name: 'Clips' })
    await grid.getByRole('gridcell').first().waitFor()
    const before = rendererBytes()
    const open = async (name: string): Promise<void> => {
      await grid.focus()
      await page.keyboard.press('Home')
      await watchFirstPicture(page)
      await page.keyboard.press('Enter')
      const ms = await page.evaluate(() => (globalThis as unknown as { firstPicture: Promise<number[]> }).firstPicture)
      console.log(`first waveform ${name}: ${ms[0]!.toFixed(0)} ms; first spectrogram: ${ms[1]!.toFixed(0)} ms`)
    }
    await open('cold')
    await page.waitForTimeout(15_000)
    await page.keyboard.press('Escape')
    await grid.getByRole('gridcell').first().waitFor()
    await page.reload()
    await grid.getByRole('gridcell').first().waitFor()
    await open('warm')
    for (let step = 0; step < 8; step++) await page.keyboard.press('+')
    await page.waitForTimeout(2000)
    await measureFrames(page, 'annotator, scroll', async () => {
      await page.evaluate(async () => {
        const scroller = document.querySelector('.scroller')!
        for (let frame = 0; frame < 180; frame++) {
          scroller.scrollLeft += 24
          await new Promise(requestAnimationFrame)
        }
      })
    })
    await measureFrames(page, 'annotator, zoom', async () => {
      await page.evaluate(async () => {
        const scroller = document.querySelector('.scroller')!
        for (let frame = 0; frame < 120; frame++) {
          const deltaY = frame < 60 ? -30 : 30
          scroller.dispatchEvent(
            new WheelEvent('wheel', { deltaY, ctrlKey: true, clientX: 500, bubbles: true, cancelable: true }),
          )
          await new Promise(requestAnimationFrame)
        }
      })
    })
    console.log(`largest page process grew by ${((rendererBytes() - before) / 2 ** 20).toFixed(0)} MiB`)
  } finally {
    await browser.close()
    await host.kill()
  }
}

/** Times from the next key press to a waveform and to a spectrogram with colours, looked at in every frame. */
async function watchFirstPicture(page: Page): Promise<void> {
  await page.evaluate(() => {
    const scope = globalThis as unknown as { firstPicture: Promise<number[]> }
    scope.firstPicture = new Promise((resolve) => {
      addEventListener(
        'keydown',
        () => {
          const start = performance.now()
          let [wave, spectrogram] = [0, 0]
          const look = (): void => {
            const host = document.querySelector('.waveform > div')
            for (const canvas of host?.shadowRoot?.querySelectorAll('canvas') ?? [])
              if (wave === 0 && canvas.width > 0 && canvas.height > 0) wave = performance.now() - start
            const canvas = document.querySelector<HTMLCanvasElement>('canvas.picture')
            if (spectrogram === 0 && canvas && canvas.width > 0 && canvas.height > 0) {
              const { data } = canvas
                .getContext('2d')!
                .getImageData(0, Math.floor(canvas.height * 0.7), canvas.width, 1)
              const colours = new Set<number>()
              for (let at = 0; at < data.length; at += 4)
                colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!)
              if (colours.size > 10) spectrogram = performance.now() - start
            }
            if (wave > 0 && spectrogram > 0) resolve([wave, spectrogram])
            else requestAnimationFrame(look)
          }
          look()
        },
        { once: true, capture: true },
      )
    })
  })
}

/** Frames that Chromium drew, by its trace. */
async function measureFrames(page: Page, name: string, work: () => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const times: number[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as { name: string; ts: number }[])
      if (event.name === 'DrawFrame') times.push(event.ts / 1000)
  })
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: [
        'devtools.timeline',
        'disabled-by-default-devtools.timeline.frame',
        'devtools.timeline.frame',
      ],
    },
  })
  const startMs = performance.now()
  await work()
  const spentMs = performance.now() - startMs
  await session.send('Tracing.end')
  await done
  await session.detach()
  times.sort((a, b) => a - b)
  const gaps = times.slice(1).map((time, index) => time - times[index]!)
  gaps.sort((a, b) => a - b)
  const p95 = gaps[Math.floor(gaps.length * 0.95)] ?? 0
  console.log(
    `${name}: ${((1000 * times.length) / spentMs).toFixed(1)} frames a second, p95 ${p95.toFixed(0)} ms between two`,
  )
}

/** Resident memory of the largest of Chromium's renderers. */
function rendererBytes(): number {
  const rows = execFileSync('ps', ['-eo', 'rss,args', '--sort=-rss'], { encoding: 'utf8' }).split('\n')
  const renderer = rows.find((row) => row.includes('--type=renderer') && row.includes('playwright'))
  return renderer ? Number(renderer.trim().split(/\s+/)[0]) * 1024 : 0
}

/** wavesurfer with its spectrogram plugin, which decodes the file whole: as many minutes as are given. */
async function measureWavesurfer(minutes: number): Promise<void> {
  const browser = await launch()
  const dist = 'node_modules/wavesurfer.js/dist'
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(60_000)
    await page.setContent('<div id="wave" style="width: 800px"></div>')
    await page.addScriptTag({ content: readFileSync(join(dist, 'wavesurfer.min.js'), 'utf8') })
    await page.addScriptTag({ content: readFileSync(join(dist, 'plugins/spectrogram.min.js'), 'utf8') })
    const before = rendererBytes()
    const shown = page.evaluate(
      async ({ frames, rateHz: rate }) => {
        type Surfer = {
          on(name: string, listener: (value: unknown) => void): void
          loadBlob(blob: Blob): Promise<void>
        }
        const { WaveSurfer } = globalThis as unknown as {
          WaveSurfer: { create(options: object): Surfer; Spectrogram: { create(options: object): object } }
        }
        const bytes = new DataView(new ArrayBuffer(44 + 4 * frames))
        const text = (at: number, letters: string): void =>
          [...letters].forEach((letter, index) => bytes.setUint8(at + index, letter.charCodeAt(0)))
        text(0, 'RIFF')
        bytes.setUint32(4, 36 + 4 * frames, true)
        text(8, 'WAVEfmt ')
        bytes.setUint32(16, 16, true)
        bytes.setUint16(20, 1, true)
        bytes.setUint16(22, 2, true)
        bytes.setUint32(24, rate, true)
        bytes.setUint32(28, rate * 4, true)
        bytes.setUint16(32, 4, true)
        bytes.setUint16(34, 16, true)
        text(36, 'data')
        bytes.setUint32(40, 4 * frames, true)
        const samples = new Int16Array(bytes.buffer, 44)
        for (let i = 0; i < samples.length; i++) samples[i] = ((i * 7919) % 2000) - 1000
        const start = performance.now()
        const surfer = WaveSurfer.create({
          container: '#wave',
          minPxPerSec: 40,
          sampleRate: rate,
          plugins: [WaveSurfer.Spectrogram.create({ fftSamples: 2048, height: 400 })],
        })
        const failed = new Promise<never>((_, reject) =>
          surfer.on('error', (error) => reject(new Error(String(error)))),
        )
        await Promise.race([surfer.loadBlob(new Blob([bytes])), failed])
        for (;;) {
          await new Promise((next) => setTimeout(next, 50))
          const root = document.querySelector('#wave > div')!.shadowRoot!
          const canvases = [...root.querySelectorAll('canvas')].filter((canvas) => canvas.height >= 400)
          if (canvases.length > 0) return performance.now() - start
          if (performance.now() - start > 55_000) return null
        }
      },
      { frames: minutes * 60 * rateHz, rateHz },
    )
    const outcome = await Promise.race([
      shown,
      new Promise<null>((resolve) => setTimeout(() => resolve(null), 60_000)),
    ]).catch((thrown: unknown) => String(thrown).split('\n')[0]!)
    if (typeof outcome !== 'number') {
      console.log(`wavesurfer spectrogram, ${minutes} min: ${outcome ?? 'no picture within a minute'}`)
      return
    }
    console.log(`wavesurfer spectrogram, ${minutes} min: first picture after ${outcome.toFixed(0)} ms`)
    await measureFrames(page, `wavesurfer, ${minutes} min, scroll`, () =>
      page.evaluate(async () => {
        const scroller = document.querySelector('#wave > div')!.shadowRoot!.querySelector('.scroll')!
        for (let frame = 0; frame < 180; frame++) {
          scroller.scrollLeft += 24
          await new Promise(requestAnimationFrame)
        }
      }),
    )
    console.log(`largest page process grew by ${((rendererBytes() - before) / 2 ** 20).toFixed(0)} MiB`)
  } finally {
    await browser.close()
  }
}
