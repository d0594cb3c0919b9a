/** Frames that Chromium draws, by its trace: for two programs that do the same. */
import { type Browser, chromium, type Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { findBrowser } from '../bin/find-browser.mjs'

/** Frames a second. */
export interface Gestures {
  scroll: number
  zoom: number
  /** Scrolled for a second and zoomed for a second, by turns. */
  journey: number
}
/** As a display of 60 Hz shows them, and as many as the machine can make. */
export type Pace = 'display' | 'uncapped'
export type Rates = Record<Pace, Gestures>

/** Pixels a second: a sweep of the wheel. */
export const scrollPace = 1440

/**
 * @param isInWindow on this machine's display, and by its GPU if it has one; else without a display, by the processor
 */
export async function launch(pace: Pace, isInWindow = false): Promise<Browser> {
  const free = pace === 'uncapped' ? ['--disable-frame-rate-limit', '--disable-gpu-vsync'] : []
  return chromium.launch({
    executablePath: await findBrowser(),
    headless: !isInWindow,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', ...free],
  })
}

/** What draws the pages of such a browser, in its own words; null where nothing draws for WebGL. */
export async function namePainter(isInWindow: boolean): Promise<string | null> {
  const browser = await launch('display', isInWindow)
  const page = await browser.newPage()
  const name = await page.evaluate(() => {
    const context = new OffscreenCanvas(1, 1).getContext('webgl')
    const info = context?.getExtension('WEBGL_debug_renderer_info')
    return info ? String(context!.getParameter(info.UNMASKED_RENDERER_WEBGL)) : null
  })
  await browser.close()
  return name
}

/** What is scrolled: an element, for wavesurfer one in the shadow of its place. */
export interface Scroller {
  selector: string
  isInShadow: boolean
}

/** A page under test says how it zooms: everything else is done to both in the same way. */
interface Zooming {
  zoomBy(factor: number): void
}

/** In the page: scrolls by the clock, so that who draws more frames does not scroll further. */
export async function scrollEvenly({
  selector,
  isInShadow,
  seconds,
  pixelsPerSecond,
}: Scroller & { seconds: number; pixelsPerSecond: number }): Promise<void> {
  const root = isInShadow ? document.querySelector('#wave > div')!.shadowRoot! : document
  const scroller = root.querySelector(selector)!
  const from = scroller.scrollLeft
  const startMs = performance.now()
  for (;;) {
    const spent = (performance.now() - startMs) / 1000
    if (spent > seconds) return
    scroller.scrollLeft = from + spent * pixelsPerSecond
    await new Promise(requestAnimationFrame)
  }
}

/** In the page: 60 steps nearer and 60 back, each as soon as the one before is drawn. */
async function zoomInSteps(): Promise<void> {
  const { zoomBy } = globalThis as unknown as Zooming
  for (let step = 0; step < 120; step++) {
    zoomBy(Math.exp(step < 60 ? 0.0154 : -0.0154))
    await new Promise(requestAnimationFrame)
  }
}

/** In the page: as quick as 60 steps a second, nearer for half of the time and back, by the clock. */
async function zoomEvenly(seconds: number): Promise<void> {
  const { zoomBy } = globalThis as unknown as Zooming
  const startMs = performance.now()
  let reached = 0
  for (;;) {
    const spent = Math.min(seconds, (performance.now() - startMs) / 1000)
    const wanted = 60 * 0.0154 * Math.min(spent, seconds - spent)
    zoomBy(Math.exp(wanted - reached))
    reached = wanted
    if (spent === seconds) return
    await new Promise(requestAnimationFrame)
  }
}

/** Frames of a page that is scrolled, zoomed (its `zoomBy` is in its global scope), and both by turns. */
export async function measureGestures(page: Page, name: string, scroller: Scroller): Promise<Gestures> {
  const sweep = (seconds: number): Promise<void> =>
    page.evaluate(scrollEvenly, { ...scroller, seconds, pixelsPerSecond: scrollPace })
  let scroll = 0
  // Other programs disturb what takes three milliseconds: the best of three sweeps, as of the ceiling.
  for (let turn = 0; turn < 3; turn++)
    scroll = Math.max(scroll, await measureFrames(page, `${name}, scroll`, () => sweep(3)))
  const zoom = await measureFrames(page, `${name}, zoom`, () => page.evaluate(zoomInSteps))
  const journey = await measureFrames(page, `${name}, scroll and zoom by turns`, async () => {
    for (let turn = 0; turn < 3; turn++) {
      await sweep(1)
      await page.evaluate(zoomEvenly, 1)
    }
  })
  return { scroll, zoom, journey }
}

/** Prints frames a second while something is done, and returns them. */
export async function measureFrames(page: Page, name: string, work: () => Promise<unknown>): Promise<number> {
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
  const rate = (1000 * times.length) / spentMs
  console.log(`${name}: ${rate.toFixed(1)} frames a second, p95 ${p95.toFixed(1)} ms between two`)
  return rate
}

/** Resident memory of the largest of Chromium's renderers. */
export function rendererBytes(): number {
  const rows = execFileSync('ps', ['-eo', 'rss,args', '--sort=-rss'], { encoding: 'utf8' }).split('\n')
  const renderer = rows.find((row) => row.includes('--type=renderer') && row.includes('playwright'))
  return renderer ? Number(renderer.trim().split(/\s+/)[0]) * 1024 : 0
}
