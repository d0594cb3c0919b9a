/**
 * Five thousand segments on one recording of an hour: `npm run bench -- segments`. Prints how long Annotate takes to open it,
 * how long after a key in the list, or a move of a dragged edge, the next frame is drawn, and frames a second of a scroll;
 * of all at once on the screen, and near by. `--shots FOLDER` keeps pictures of both in the light and the dark theme.
 */
import type { Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawDensely } from '../e2e/support/draw-densely'
import { launchHeadless } from '../e2e/support/launch-headless'
import { writeLongWav } from '../e2e/support/long-wav'
import { launch, measureFrames, scrollEvenly, scrollPace } from './frames'

const count = 5000
const seconds = 3600

export async function main(args: string[] = []): Promise<void> {
  const shots = args.includes('--shots') ? args[args.indexOf('--shots') + 1]! : null
  const work = mkdtempSync(join(tmpdir(), 'earmark-segments-'))
  try {
    const made = makeCatalog(work)
    await drawDensely(made.catalog, made.userFolder, { count, everySeconds: seconds / (count + 1) })
    const host = await launchHeadless(made)
    const browser = await launch('display')
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      await page.goto(host.url)
      await measureOpening(page)
      await page.waitForTimeout(3000)
      await measureHere(page, 'all on the screen', shots)
      for (let step = 0; step < 8; step++) await page.keyboard.press('+')
      await page.waitForTimeout(2000)
      await measureHere(page, 'near by', shots)
    } finally {
      await browser.close()
      await host.kill()
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function makeCatalog(work: string): { catalog: string; userFolder: string } {
  const [sounds, catalog, userFolder] = [join(work, 'sounds'), join(work, 'catalog'), join(work, 'user')]
  mkdirSync(join(sounds, 'tone'), { recursive: true })
  writeLongWav(join(sounds, 'tone', 'hour.wav'), { seconds, sampleRateHz: 16_000, channelCount: 1, clickSeconds: [] })
  const run = (...args: string[]): void =>
    void execFileSync(process.execPath, ['bin/earmark.mjs', ...args], {
      env: { ...process.env, EARMARK_USER_FOLDER: userFolder },
      stdio: 'ignore',
    })
  run('init', catalog)
  run('import', catalog, sounds, '--format', 'folder')
  return { catalog, userFolder }
}

/** From the key that opens the clip until the list counts all its segments and a frame with them is drawn. */
async function measureOpening(page: Page): Promise<void> {
  const clips = page.getByRole('grid', { name: 'Clips' })
  await clips.getByRole('gridcell').first().waitFor()
  await clips.focus()
  await page.keyboard.press('Home')
  await page.evaluate((rows) => {
    const scope = globalThis as unknown as { opened: Promise<number> }
    scope.opened = new Promise((resolve) =>
      addEventListener(
        'keydown',
        ({ timeStamp }) => {
          const look = (): void => {
            const grid = document.querySelector('[role="grid"][aria-label="Segments"]')
            if (grid?.getAttribute('aria-rowcount') === String(rows) && document.querySelector('[data-segment]'))
              setTimeout(() => resolve(performance.now() - timeStamp))
            else requestAnimationFrame(look)
          }
          look()
        },
        { once: true, capture: true },
      ),
    )
  }, count + 1)
  await page.keyboard.press('Enter')
  const ms = await page.evaluate(() => (globalThis as unknown as { opened: Promise<number> }).opened)
  const elements = await page.evaluate(() => document.querySelectorAll('*').length)
  console.log(`opened with ${count} segments in ${ms.toFixed(0)} ms; ${elements} elements in the page`)
}

async function measureHere(page: Page, name: string, shots: string | null): Promise<void> {
  await page.getByRole('grid', { name: 'Segments' }).focus()
  await page.keyboard.press('ArrowDown')
  await measureEvents(page, `${name}, a key in the list`, 'keydown', async () => {
    for (let press = 0; press < 40; press++) await page.keyboard.press('ArrowDown')
  })
  const edge = await page.locator('.segment.selected .handle.end').first().boundingBox()
  if (edge) {
    const [x, y] = [edge.x + edge.width / 2, edge.y + edge.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await measureEvents(page, `${name}, an edge dragged`, 'pointermove', async () => {
      for (let step = 1; step <= 40; step++) await page.mouse.move(x + step, y)
    })
    await page.keyboard.press('Escape')
    await page.mouse.up()
  }
  for (const theme of shots === null ? [] : ['light', 'dark']) {
    await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme)
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(shots!, `segments-${name.replaceAll(' ', '-')}-${theme}.png`) })
  }
  const isWhole = await page.locator('.scroller').evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)
  if (isWhole) return
  const scroller = { selector: '.scroller', isInShadow: false, seconds: 3, pixelsPerSecond: scrollPace }
  await measureFrames(page, `${name}, scroll`, () => page.evaluate(scrollEvenly, scroller))
}

/** From an event until the frame after it is drawn. */
async function measureEvents(
  page: Page,
  name: string,
  type: 'keydown' | 'pointermove',
  work: () => Promise<void>,
): Promise<void> {
  await page.evaluate((kind) => {
    const scope = globalThis as unknown as { times: number[]; listening?: AbortController }
    scope.listening?.abort()
    scope.listening = new AbortController()
    scope.times = []
    addEventListener(
      kind,
      ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => scope.times.push(performance.now() - timeStamp))),
      { capture: true, signal: scope.listening.signal },
    )
  }, type)
  await work()
  await page.waitForTimeout(500)
  const times = await page.evaluate(() => (globalThis as unknown as { times: number[] }).times)
  times.sort((a, b) => a - b)
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(0)
  console.log(`${name}: drawn ${at(0.5)} ms after (p50), ${at(0.95)} ms (p95); ${times.length} of them`)
}
