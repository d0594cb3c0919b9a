/**
 * Two hours of 48 kHz stereo in the annotator: `npm run bench -- long-audio`. Prints how long the first picture takes with
 * nothing kept and with everything kept, how much the page's process grows, tiles a second beside scipy's STFT, and frames drawn
 * while scrolling and zooming (from Chromium's trace) beside wavesurfer's own spectrogram plugin on the longest file that it
 * shows: as a display would show them, and as many as can be made, where no display holds both to sixty; each at two zooms,
 * and beside the most frames that this browser can make at all. `--only tiles`, `pictures`, `close` or `ceiling` runs one part; `--window` has
 * all be drawn on this machine's display, by its GPU. Needs 2.8 GB in the temporary folder; PYTHON names an interpreter with scipy.
 */
import type { Page } from '@playwright/test'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchHeadless } from '../e2e/support/launch-headless'
import { writeLongWav } from '../e2e/support/long-wav'
import { computeTile, tileColumns } from '../src/dsp/tile'
import { type Ceiling, measureCeiling } from './contestants/ceiling'
import { measureWavesurfer } from './contestants/wavesurfer'
import { type Gestures, launch, measureGestures, namePainter, type Pace, rendererBytes, type Rates } from './frames'

const rateHz = 48_000
const seconds = 7200

export async function main(args: string[] = []): Promise<void> {
  const only = args[args.indexOf('--only') + 1]
  const wants = (part: string): boolean => !args.includes('--only') || only === part
  const isInWindow = args.includes('--window')
  const work = mkdtempSync(join(tmpdir(), 'earmark-long-'))
  try {
    console.log(`pages are drawn by ${(await namePainter(isInWindow)) ?? 'the processor'}`)
    if (wants('tiles')) await measureTiles()
    const ceiling = wants('ceiling') ? await measureCeilings(isInWindow) : null
    // What a two-hour picture of theirs is 290,000 pixels wide at, and a zoom at which calls are drawn around.
    for (const [part, steps, pixelsPerSecond] of [
      ['pictures', 8, 40],
      ['close', 10, 100],
    ] as const) {
      if (!wants(part)) continue
      const ours = await measureAnnotator(work, steps, isInWindow)
      const theirs = await measureWavesurfer(work, pixelsPerSecond, isInWindow)
      if (theirs) compare(ours, theirs)
      if (ceiling) printShare(ours, ceiling)
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** How often one is drawn for once of the other. */
function compare(ours: Rates, theirs: Rates): void {
  for (const pace of ['display', 'uncapped'] as const)
    for (const gesture of ['scroll', 'zoom', 'journey'] as const)
      console.log(
        `${gesture}, ${pace}: ${(ours[pace][gesture] / theirs[pace][gesture]).toFixed(2)} × wavesurfer with its spectrogram plugin`,
      )
}

/** Of the stage in a window of 1280 × 800: the lanes of wave and spectrogram. */
const stage = { width: 791, height: 518 }

async function measureCeilings(isInWindow: boolean): Promise<Record<Pace, Ceiling>> {
  return {
    display: await measureCeiling('display', stage, isInWindow),
    uncapped: await measureCeiling('uncapped', stage, isInWindow),
  }
}

function printShare(ours: Rates, ceiling: Record<Pace, Ceiling>): void {
  for (const pace of ['display', 'uncapped'] as const)
    console.log(
      `scroll, ${pace}: ${((100 * ours[pace].scroll) / ceiling[pace].picture).toFixed(0)} % of the frames of a picture that is only moved`,
    )
}

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

/** @param steps of the zoom key from the whole */
async function measureAnnotator(work: string, steps: number, isInWindow: boolean): Promise<Rates> {
  const place = mkdtempSync(join(work, 'annotator-'))
  const sounds = join(place, 'sounds')
  const catalog = join(place, 'catalog')
  mkdirSync(sounds)
  writeLongWav(join(sounds, 'long.wav'), { seconds, sampleRateHz: rateHz, channelCount: 2, clickSeconds: [5760.1] })
  const userFolder = join(place, 'user')
  const run = (...args: string[]): void =>
    void execFileSync(process.execPath, ['bin/earmark.mjs', ...args], {
      env: { ...process.env, EARMARK_USER_FOLDER: userFolder },
      stdio: 'ignore',
    })
  run('init', catalog)
  run('import', catalog, sounds)
  const host = await launchHeadless({ userFolder, catalog })
  let browser = await launch('display', isInWindow)
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
    const display = await measureZoomed(page, 'annotator, display', steps)
    console.log(`largest page process grew by ${((rendererBytes() - before) / 2 ** 20).toFixed(0)} MiB`)
    await browser.close()
    browser = await launch('uncapped', isInWindow)
    const free = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await free.goto(host.url)
    await free.getByRole('grid', { name: 'Clips' }).getByRole('gridcell').first().waitFor()
    await free.getByRole('grid', { name: 'Clips' }).focus()
    await free.keyboard.press('Home')
    await free.keyboard.press('Enter')
    await free.locator('canvas.picture').first().waitFor()
    return { display, uncapped: await measureZoomed(free, 'annotator, uncapped', steps) }
  } finally {
    await browser.close()
    await host.kill()
  }
}

/** Eight steps are 28 pixels a second, ten are 112. */
async function measureZoomed(page: Page, name: string, steps: number): Promise<Gestures> {
  await page.waitForTimeout(2000)
  for (let step = 0; step < steps; step++) await page.keyboard.press('+')
  await page.waitForTimeout(3000)
  const size = await page.locator('.scroller').boundingBox()
  console.log(`${name}: the stage is ${size?.width} × ${size?.height} pixels`)
  await page.evaluate(() => {
    const scroller = document.querySelector('.scroller')!
    const wheel = { ctrlKey: true, clientX: 500, bubbles: true, cancelable: true }
    const scope = globalThis as unknown as { zoomBy(factor: number): void }
    scope.zoomBy = (factor) =>
      void scroller.dispatchEvent(new WheelEvent('wheel', { ...wheel, deltaY: -Math.log(factor) / 0.0022 }))
  })
  return measureGestures(page, name, { selector: '.scroller', isInShadow: false })
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
              const row = new OffscreenCanvas(canvas.width, 1).getContext('2d')!
              row.drawImage(canvas, 0, -Math.floor(canvas.height * 0.7))
              const { data } = row.getImageData(0, 0, canvas.width, 1)
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
