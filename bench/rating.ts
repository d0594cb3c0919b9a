/**
 * A verdict and the next segment, or clip: `npm run bench -- rating`. Clips of ten seconds, 48 kHz stereo, each a steady tone
 * in noise, are rated in a session with one key each, and gone through in Annotate, where they play by themselves; printed is
 * how long after the key the verdict (in Annotate: the next clip's name) and the next picture are on screen, and the next tone
 * comes out of the audio thread. The reference in the same run is the same step in Annotate before the neighbour can have been
 * fetched: the key is pressed again as soon as a clip is there. Every clip is seen for the first time.
 */
import { type Browser, chromium, type Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBrowser } from '../bin/find-browser.mjs'
import { launchHeadless } from '../e2e/support/launch-headless'

const rateHz = 48_000
const seconds = 10
const each = 30
/** Each passes two clips. */
const unfetched = 15
const clipCount = 2 * each + 2 * unfetched + 2
/** Between two keys: quicker than people rate. */
const pauseMs = 1000
/** Neighbours differ, so that the sound tells which clip it is. */
const toneHz = (index: number): number => [500, 1000, 2000][index % 3]!

interface Step {
  verdictMs: number
  pictureMs: number
  soundMs: number
}

export async function main(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'earmark-rating-'))
  const browser: Browser = await chromium.launch({
    executablePath: await findBrowser(),
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  })
  try {
    const { catalog, userFolder } = makeCatalog(work)
    const host = await launchHeadless({ userFolder, catalog })
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true })
      const page = await context.newPage()
      await page.goto(host.url)
      await page.getByRole('grid', { name: 'Clips' }).getByRole('gridcell').first().waitFor()
      await page.evaluate(listen, recorder)
      print('rating session, next prefetched', await rate(page))
      await openLast(page, host.url)
      print('Annotate, next prefetched', await annotate(page))
      print('Annotate, nothing prefetched', await annotateAtOnce(page))
      console.log(`output latency of this machine, not in it: ${await page.evaluate(latency)} ms`)
    } finally {
      await host.kill()
    }
  } finally {
    await browser.close()
    rmSync(work, { recursive: true, force: true })
  }
}

function makeCatalog(work: string): { catalog: string; userFolder: string } {
  const sounds = join(work, 'sounds', 'tone')
  mkdirSync(sounds, { recursive: true })
  for (let index = 0; index < clipCount; index++)
    writeFileSync(join(sounds, `${String(index).padStart(3, '0')}.wav`), makeWav(toneHz(index), index))
  const catalog = join(work, 'catalog')
  const userFolder = join(work, 'user')
  const run = (...args: string[]): void =>
    void execFileSync(process.execPath, ['bin/earmark.mjs', ...args], {
      env: { ...process.env, EARMARK_USER_FOLDER: userFolder },
      stdio: 'ignore',
    })
  run('init', catalog)
  run('import', catalog, join(work, 'sounds'), '--format', 'folder')
  return { catalog, userFolder }
}

/** 16-bit stereo: a tone, and noise 40 dB below it, so that the picture has colours everywhere. */
function makeWav(hertz: number, seed: number): Buffer {
  const frames = rateHz * seconds
  const bytes = Buffer.alloc(44 + 4 * frames)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + 4 * frames, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(2, 22)
  bytes.writeUInt32LE(rateHz, 24)
  bytes.writeUInt32LE(rateHz * 4, 28)
  bytes.writeUInt16LE(4, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(4 * frames, 40)
  let state = seed + 1
  for (let frame = 0; frame < frames; frame++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const noise = (state / 2 ** 32 - 0.5) * 300
    const value = Math.round(12_000 * Math.cos((2 * Math.PI * hertz * frame) / rateHz) + noise)
    bytes.writeInt16LE(value, 44 + 4 * frame)
    bytes.writeInt16LE(value, 46 + 4 * frame)
  }
  return bytes
}

/** On the audio thread: tells when the tone that goes out is another one, by its rising zero crossings. */
const recorder = `
  registerProcessor('bench-ear', class extends AudioWorkletProcessor {
    count = 0; crossings = 0; last = 0; tone = 0
    process([[samples]]) {
      if (samples) for (const sample of samples) {
        if (this.last < 0 && sample >= 0) this.crossings++
        this.last = sample
        if (++this.count < 480) continue
        const heard = this.crossings * sampleRate / 480
        const tone = [500, 1000, 2000].find((hertz) => Math.abs(heard - hertz) < 0.15 * hertz) ?? 0
        // By the end of the stretch that it was told by: up to a hundredth of a second late, and never before it began.
        if (tone !== this.tone) this.port.postMessage({ tone, seconds: currentTime })
        this.tone = tone
        this.count = this.crossings = 0
      }
      return true
    }
  })`

interface Ear {
  context: AudioContext
  tones: { tone: number; atMs: number }[]
}

/** Listens to whatever the page sends to its loudspeaker. */
function listen(text: string): void {
  const place = globalThis as unknown as { ear: Ear }
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
  const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode
  ;(AudioNode.prototype as { connect: unknown }).connect = function (this: AudioNode, to: AudioNode) {
    if (to === this.context.destination) {
      const context = this.context as AudioContext
      const ear: Ear = { context, tones: [] }
      place.ear = ear
      void context.audioWorklet.addModule(url).then(() => {
        const node = new AudioWorkletNode(context, 'bench-ear', { numberOfOutputs: 0 })
        node.port.onmessage = ({ data }: MessageEvent<{ tone: number; seconds: number }>) => {
          // The audio thread's clock in the page's: both as they are now.
          const behind = context.currentTime - data.seconds
          ear.tones.push({ tone: data.tone, atMs: performance.now() - 1000 * behind })
        }
        connect.call(this, node)
      })
    }
    return connect.call(this, to)
  }
}

const latency = (): number => {
  const { context } = (globalThis as unknown as { ear: Ear }).ear
  return Math.round(1000 * (context.baseLatency + context.outputLatency))
}

interface Wanted {
  /** Present in the page once the verdict is on screen. */
  verdict: string
  text: string
  /** The canvas of the next picture, once it is the one that is shown. */
  picture: string
  title: string
  tone: number
}

/** Waits in the page for all three after the next press of a key; each frame is looked at, and counted when it is drawn. */
function watchStep({ verdict, text, picture, title, tone }: Wanted): void {
  const scope = globalThis as unknown as { ear: Ear; step: Promise<Step> }
  scope.step = new Promise((resolve) => {
    addEventListener(
      'keydown',
      (event) => {
        const start = event.timeStamp
        let [verdictMs, pictureMs, soundMs] = [0, 0, 0]
        // Neighbours' tones differ, and so do the pictures: what was there before does not count.
        const copyOf = (canvas: HTMLCanvasElement, x: number, y: number, width: number, height: number): ImageData => {
          const copy = new OffscreenCanvas(width, height).getContext('2d')!
          copy.drawImage(canvas, -x, -y)
          return copy.getImageData(0, 0, width, height)
        }
        const columnOf = (canvas: HTMLCanvasElement): string =>
          String(copyOf(canvas, Math.floor(canvas.width * 0.5), 0, 1, canvas.height).data)
        const old = document.querySelector<HTMLCanvasElement>(picture)
        const before = old && old.width > 0 && old.height > 0 ? columnOf(old) : ''
        const isDrawn = (): boolean => {
          if (!document.querySelector('h1')?.textContent?.includes(title)) return false
          const canvas = document.querySelector<HTMLCanvasElement>(picture)
          if (!canvas || canvas.width === 0 || canvas.height === 0) return false
          const { data } = copyOf(canvas, 0, Math.floor(canvas.height * 0.5), canvas.width, 1)
          const colours = new Set<number>()
          for (let at = 0; at < data.length; at += 4)
            colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!)
          return colours.size > 5 && columnOf(canvas) !== before
        }
        const look = (): void => {
          // What stands in the page before a frame is on screen when the next one begins.
          const hasVerdict = document.querySelector(verdict)?.textContent?.includes(text) === true
          const hasPicture = pictureMs === 0 && isDrawn()
          const heard = scope.ear.tones.find((one) => one.tone === tone && one.atMs > start)
          if (heard) soundMs ||= heard.atMs - start
          requestAnimationFrame(() => {
            const now = performance.now() - start
            if (hasVerdict) verdictMs ||= now
            if (hasPicture) pictureMs ||= now
            if ((verdictMs && pictureMs && soundMs) || now > 10_000) resolve({ verdictMs, pictureMs, soundMs })
            else look()
          })
        }
        look()
      },
      { once: true, capture: true },
    )
  })
}

const name = (index: number): string => `${String(index).padStart(3, '0')}.wav`

async function press(page: Page, keys: string[], wanted: Wanted): Promise<Step> {
  for (const key of keys.slice(0, -1)) await page.keyboard.press(key)
  await page.evaluate(watchStep, wanted)
  await page.keyboard.press(keys.at(-1)!)
  const step = await page.evaluate(() => (globalThis as unknown as { step: Promise<Step> }).step)
  await page.waitForTimeout(pauseMs)
  return step
}

async function rate(page: Page): Promise<Step[]> {
  await page.keyboard.press('Shift+S')
  await page.getByText(/segments of/).waitFor()
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { name: name(0) }).waitFor()
  await page.waitForTimeout(3000)
  const steps: Step[] = []
  for (let index = 1; index <= each; index++)
    steps.push(
      await press(page, ['y'], {
        verdict: '.said',
        text: name(index - 1),
        picture: '.rating-picture.shown canvas.picture',
        title: name(index),
        tone: toneHz(index),
      }),
    )
  return steps
}

async function openLast(page: Page, url: string): Promise<void> {
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('earmark.settings') ?? '{}') as object
    localStorage.setItem('earmark.settings', JSON.stringify({ ...kept, playsOnSelect: true }))
  })
  await page.goto('about:blank')
  await page.goto(url)
  const grid = page.getByRole('grid', { name: 'Clips' })
  await grid.getByRole('gridcell').first().waitFor()
  await page.evaluate(listen, recorder)
  await grid.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: name(clipCount - 1) }).waitFor()
  await page.keyboard.press('Space')
  await page.waitForTimeout(3000)
}

const openPrevious = (page: Page, index: number): Promise<Step> =>
  press(page, ['p'], {
    verdict: 'h1',
    text: name(index),
    picture: 'canvas.picture',
    title: name(index),
    tone: toneHz(index),
  })

// Backwards from the last, through what no session has shown.
async function annotate(page: Page): Promise<Step[]> {
  const steps: Step[] = []
  for (let index = clipCount - 2; steps.length < each; index--) steps.push(await openPrevious(page, index))
  return steps
}

async function annotateAtOnce(page: Page): Promise<Step[]> {
  const steps: Step[] = []
  for (let index = clipCount - 2 - each; steps.length < unfetched; index -= 2) {
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: name(index) }).waitFor()
    await page.locator('button[aria-label^="Previous clip"]:not([disabled])').waitFor()
    steps.push(await openPrevious(page, index - 1))
  }
  return steps
}

function print(title: string, steps: Step[]): void {
  const at = (what: keyof Step, share: number): string => {
    const sorted = steps.map((step) => step[what]).sort((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(0)
  }
  const both = (what: keyof Step): string => `p50 ${at(what, 0.5)}, p95 ${at(what, 0.95)} ms`
  const failed = steps.filter(({ verdictMs, pictureMs, soundMs }) => !verdictMs || !pictureMs || !soundMs).length
  console.log(
    `${title}: verdict visible ${both('verdictMs')}; next picture ${both('pictureMs')}; next sound ${both('soundMs')}` +
      (failed > 0 ? `; ${failed} of ${steps.length} not seen within 10 s` : ''),
  )
}
