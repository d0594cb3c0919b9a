/** Frames that Chromium draws, by its trace: for two programs that do the same. */
import { type Browser, chromium, type Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { findBrowser } from '../bin/find-browser.mjs'

/** Frames a second. */
export interface Gestures {
  scroll: number
  zoom: number
}
/** As a display of 60 Hz shows them, and as many as the machine can make. */
export type Pace = 'display' | 'uncapped'
export type Rates = Record<Pace, Gestures>

/** Pixels a second: a sweep of the wheel. */
export const scrollPace = 1440

export async function launch(pace: Pace): Promise<Browser> {
  const free = pace === 'uncapped' ? ['--disable-frame-rate-limit', '--disable-gpu-vsync'] : []
  return chromium.launch({
    executablePath: await findBrowser(),
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', ...free],
  })
}

/** In the page: scrolls for three seconds by the clock, so that who draws more frames does not scroll further. */
export async function scrollEvenly({
  selector,
  isInShadow,
  pixelsPerSecond,
}: {
  selector: string
  isInShadow: boolean
  pixelsPerSecond: number
}): Promise<void> {
  const root = isInShadow ? document.querySelector('#wave > div')!.shadowRoot! : document
  const scroller = root.querySelector(selector)!
  const from = scroller.scrollLeft
  const startMs = performance.now()
  for (;;) {
    const seconds = (performance.now() - startMs) / 1000
    if (seconds > 3) return
    scroller.scrollLeft = from + seconds * pixelsPerSecond
    await new Promise(requestAnimationFrame)
  }
}

/** Prints frames a second while something is done, and returns them. */
export async function measureFrames(page: Page, name: string, work: () => Promise<void>): Promise<number> {
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
