/** Two hours in one clip: seen at once, zoomed and scrolled to the millisecond, and segmented there, by keyboard alone. */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openApp, takeShot } from './support/app'
import { makeFolder } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { writeLongWav } from './support/long-wav'

const clickSeconds = 5760.1

test('two hours are seen, zoomed, scrolled and segmented by keyboard', async () => {
  const folder = makeFolder('long-audio')
  const sounds = join(folder, 'sounds')
  const catalog = join(folder, 'catalog')
  mkdirSync(sounds)
  writeLongWav(join(sounds, 'two hours.wav'), {
    seconds: 7200,
    sampleRateHz: 8000,
    channelCount: 1,
    clickSeconds: [clickSeconds],
  })
  expect((await earmark(['init', catalog], { userFolder: join(folder, 'user') })).code).toBe(0)
  const imported = await earmark(['import', catalog, sounds], { userFolder: join(folder, 'user') })
  expect(imported.code, imported.stderr).toBe(0)

  const { page, close } = await openApp('headless', join(folder, 'user'))
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips.getByRole('gridcell').first()).toBeVisible()
  await clips.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/annotate\//)

  // The whole is there: a picture of many colours, and a wave.
  await expect.poll(async () => (await readPicture(page)).colours).toBeGreaterThan(50)
  await expect.poll(() => countWavePixels(page)).toBeGreaterThan(500)
  await expect.poll(() => filesIn(join(catalog, 'cache/tiles'))).toBeGreaterThan(0)
  await expect.poll(() => filesIn(join(catalog, 'cache/outline')), { timeout: 60_000 }).toBe(1)
  await expect(page.getByText('The sound could not be read')).toBeHidden()
  await takeShot(page, 'long-1-whole')

  // Forty steps of two in a hundred: 5760 seconds.
  for (let step = 0; step < 40; step++) await page.keyboard.press('ArrowRight')
  await expect.poll(() => readPosition(page)).toBeCloseTo(5760, 0)
  for (let step = 0; step < 13; step++) await page.keyboard.press('+')
  await expect.poll(async () => (await readView(page)).seconds).toBeLessThan(1)
  await expect
    .poll(async () => {
      const { startSeconds, seconds } = await readView(page)
      const { loudestShare } = await readPicture(page)
      return Math.abs(startSeconds + loudestShare * seconds - clickSeconds)
    })
    .toBeLessThan(0.01)
  await takeShot(page, 'long-2-deep')

  await test.step('the minimap moves what is on screen, by key and by hand', async () => {
    const minimap = page.getByRole('slider', { name: 'Part on screen' })
    const { startSeconds, seconds } = await readView(page)
    await expect(minimap).toHaveAttribute('aria-valuetext', /of 2:00:00\.000$/)
    await minimap.focus()
    await page.keyboard.press('Home')
    await expect.poll(async () => (await readView(page)).startSeconds).toBeCloseTo(0, 2)
    await page.keyboard.press('PageDown')
    await expect.poll(async () => (await readView(page)).startSeconds).toBeCloseTo(seconds, 1)
    const box = (await minimap.boundingBox())!
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await expect.poll(async () => Math.abs((await readView(page)).startSeconds - 3600)).toBeLessThan(10)
    await page.mouse.move(box.x + box.width / 2, box.y - 60)
    await expect(page.locator('.hover-line')).toHaveText(/^1:00:0/)
    expect(await countAccent(page, minimap)).toBeGreaterThan(20)
    await takeShot(page, 'long-minimap')
    await page.mouse.click(box.x + (box.width * startSeconds) / 7200, box.y + box.height / 2)
    await page.getByRole('group', { name: 'Editor' }).focus()
  })

  // A segment around the click: S, steps to the right, S.
  const before = await readPosition(page)
  await page.keyboard.press('s')
  await expect(page.getByText('S ends it')).toBeVisible()
  for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('s')
  const segments = page.getByRole('grid', { name: 'Segments' })
  await expect(segments.getByRole('row')).toHaveCount(2)
  const rows = () =>
    readCatalog<{ start_seconds: number; end_seconds: number }>(
      catalog,
      'select start_seconds, end_seconds from annotations',
    )
  await expect.poll(rows).toHaveLength(1)
  const [segment] = rows()
  expect(Math.abs(segment!.start_seconds - before)).toBeLessThan(0.002)
  const { seconds } = await readView(page)
  expect(segment!.end_seconds - segment!.start_seconds).toBeCloseTo(0.2 * seconds, 2)

  // Its edge moves by ten milliseconds, out here as anywhere.
  await page.keyboard.press('Shift+ArrowRight')
  await expect.poll(() => rows()[0]!.end_seconds - segment!.end_seconds).toBeCloseTo(0.01, 6)
  await takeShot(page, 'long-3-segment')

  // Back to the whole, and the segment by its key.
  await page.keyboard.press('0')
  await expect.poll(async () => (await readView(page)).seconds).toBeCloseTo(7200, 0)
  await page.keyboard.press('z')
  await expect.poll(async () => (await readView(page)).seconds).toBeLessThan(1)
  await expect(page.locator('.segment-overlay .segment')).toBeInViewport()
  await expect(page.getByText('The sound could not be read')).toBeHidden()

  // The picture's settings by keyboard: a logarithmic axis, PCEN, a band; kept for everybody, they are in the catalog.
  await page.keyboard.press('0')
  await page.keyboard.press('Shift+P')
  const panel = page.getByRole('group', { name: 'Picture settings' })
  await page.getByRole('combobox', { name: 'Scale' }).selectOption('log')
  await panel.getByRole('combobox', { name: 'Level' }).selectOption('pcen')
  await expect(page.getByRole('img', { name: /^Colours from 0\.0 to 3\.0 PCEN/ })).toBeVisible()
  await expect.poll(async () => (await readPicture(page)).colours).toBeGreaterThan(50)
  await takeShot(page, 'long-5-pcen')
  await panel.getByRole('combobox', { name: 'Level' }).selectOption('decibel')
  await panel.getByRole('textbox', { name: 'From (Hz)' }).fill('400')
  await panel.getByRole('textbox', { name: 'To (Hz)' }).fill('1000')
  await page.keyboard.press('Enter')
  await expect(page.locator('.frequency-labels')).toContainText('900 Hz')
  await expect(page.locator('.frequency-labels')).not.toContainText('2 kHz')
  await expect.poll(async () => (await readPicture(page)).colours).toBeGreaterThan(50)
  await takeShot(page, 'long-6-band')
  await panel.getByRole('button', { name: 'Keep for everybody' }).press('Enter')
  await expect(panel.getByRole('button', { name: 'Keep for everybody' })).toBeDisabled()
  const [kept] = readCatalog<{ value: string }>(catalog, `select value from meta where key = 'picture'`)
  expect(JSON.parse(kept!.value)).toMatchObject({ scale: 'log', level: 'decibel', lowHz: 400, highHz: 1000 })
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+T')
  await takeShot(page, 'long-4-light')
  await close()
})

const filesIn = (path: string): number => {
  try {
    return readdirSync(path).filter((name) => !name.endsWith('.partial')).length
  } catch {
    return 0
  }
}

/** What the stage says it shows, in seconds of the clip. */
async function readView(page: Page): Promise<{ startSeconds: number; seconds: number }> {
  return page.locator('.scroller').evaluate((scroller) => {
    const duration = 7200
    const perPixel = duration / scroller.querySelector('.content')!.getBoundingClientRect().width
    return { startSeconds: scroller.scrollLeft * perPixel, seconds: scroller.clientWidth * perPixel }
  })
}

/** Pixels of an element on the screen that have the theme's accent, as the part of a minimap that is on screen is framed. */
async function countAccent(page: Page, element: Locator): Promise<number> {
  const shot = await element.screenshot()
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })!
    const pixelsOf = (): Uint32Array =>
      new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--accent')
    context.fillRect(0, 0, 1, 1)
    const [accent] = pixelsOf()
    context.drawImage(bitmap, 0, 0)
    return pixelsOf().filter((pixel) => pixel === accent).length
  }, shot.toString('base64'))
}

/** Distinct colours of the spectrogram, and where along it the brightest column is. */
function readPicture(page: Page): Promise<{ colours: number; loudestShare: number }> {
  return page.getByRole('img', { name: 'Spectrogram' }).evaluate((element) => {
    const panels = [...element.querySelectorAll<HTMLCanvasElement>('canvas.picture')]
    const seen = element.closest('.scroller')!.getBoundingClientRect()
    const [width, height] = [Math.round(seen.width), panels[0]?.height ?? 0]
    if (height === 0) return { colours: 0, loudestShare: 0 }
    const copy = new OffscreenCanvas(width, height)
    const context = copy.getContext('2d')!
    // They are wider than the screen: what of them is on the screen.
    for (const panel of panels) context.drawImage(panel, Math.round(panel.getBoundingClientRect().left - seen.left), 0)
    const { data } = context.getImageData(0, 0, width, height)
    const colours = new Set<number>()
    const brightness = new Float64Array(width)
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!]
      colours.add((red << 16) | (green << 8) | blue)
      brightness[(at / 4) % width]! += red + green + blue
    }
    // The middle of what is nearly as bright as the brightest: a click is as wide as a window.
    const most = Math.max(...brightness)
    const bright = [...brightness.keys()].filter((x) => brightness[x]! > 0.9 * most)
    return { colours: colours.size, loudestShare: (bright[0]! + bright.at(-1)! + 1) / 2 / width }
  })
}

/** Pixels that wavesurfer has drawn. */
function countWavePixels(page: Page): Promise<number> {
  return page.locator('.waveform > div').evaluate((host) => {
    let drawn = 0
    for (const canvas of host.shadowRoot?.querySelectorAll('canvas') ?? []) {
      // Those that are shown have its pixels, and only show them.
      if (canvas.width === 0 || canvas.height === 0 || canvas.classList.contains('still')) continue
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      for (let at = 3; at < data.length; at += 4) if (data[at]! > 0) drawn++
    }
    return drawn
  })
}

async function readPosition(page: Page): Promise<number> {
  return Number(await page.getByRole('slider', { name: 'Position in the clip' }).getAttribute('aria-valuenow'))
}
