/**
 * A click is drawn and heard where it is, in every kind of file whose encoder moves the sound. By default a track of twelve
 * seconds; EARMARK_CLICK_MINUTES=1,10,60,119 measures long ones (EARMARK_CLICK_KINDS=opus,m4a only some), and prints every offset (docs/benchmarks.md).
 */
import { expect, type Page, test } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { launchBrowser } from './support/app'
import { clickKinds, clickSamples, findClick, findEncoders, writeClickTracks } from './support/click-track'
import { makeFolder } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import { awaitHearing, forgetHeard, readHeard, startHearing, watchPlayhead } from './support/hearing'
import { launchHeadless } from './support/launch-headless'
import { connectToHost } from './support/rpc'

const minutes = (process.env.EARMARK_CLICK_MINUTES ?? '0.2').split(',').map(Number)
const kinds = clickKinds.filter((kind) => (process.env.EARMARK_CLICK_KINDS ?? kind).split(',').includes(kind))
const originalHz = 44_100

test.skip(findEncoders() === null, 'ffmpeg with LAME, Opus and AAC is not on this machine')

for (const length of minutes)
  test(`clicks of ${length} min are drawn and heard within a millisecond of where they are`, async () => {
    test.setTimeout(120_000 + length * 20_000)
    const folder = makeFolder('click-track')
    const sounds = join(folder, 'sounds')
    const catalog = join(folder, 'catalog')
    const userFolder = join(folder, 'user')
    mkdirSync(sounds)
    const seconds = Math.round(60 * length)
    const files = writeClickTracks(sounds, seconds)
    expect((await earmark(['init', catalog], { userFolder })).code).toBe(0)
    const imported = await earmark(['import', catalog, sounds], { userFolder })
    expect(imported.code, imported.stderr).toBe(0)

    const host = await launchHeadless({ userFolder, catalog })
    const { client } = await connectToHost(host.url)
    const browser = await launchBrowser()
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true })
    const page = await context.newPage()
    await page.goto(host.url)
    await expect(page.getByRole('grid', { name: 'Clips' }).getByRole('gridcell').first()).toBeVisible()
    await startHearing(page)
    for (const kind of kinds) {
      const path = files[kind]
      const [clip] = readCatalog<{ id: string; rate: number }>(
        catalog,
        `select c.id, r.sample_rate_hz as rate from clips c join recordings r on r.key = c.recording_key where r.path = ?`,
        basename(path),
      )
      await page.evaluate((id) => (location.hash = `#/annotate/${id}`), clip!.id)
      await expect(page.getByRole('heading', { name: basename(path) })).toBeVisible()
      await expect(page.getByText(' of 4')).toBeVisible()
      await awaitHearing(page)
      await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeEnabled()
      for (const sample of clickSamples(seconds)) {
        const truth = sample / originalHz
        // As it is drawn: every sample a column, a hundredth of a second around it.
        const firstSample = Math.round((truth - 0.005) * clip!.rate)
        const count = Math.round(0.015 * clip!.rate)
        const span = { startSeconds: firstSample / clip!.rate, endSeconds: (firstSample + count) / clip!.rate }
        const outline = { clipId: clip!.id, ...span, count, channel: 'mean' } as const
        await expect.poll(async () => (await client.media.outline(outline)).isExact, { timeout: 300_000 }).toBe(true)
        const { columns } = await client.media.outline(outline)
        const drawn = Float32Array.from({ length: count }, (_, n) => (columns[3 * n]! + columns[3 * n + 1]!) / 2)
        const drawnOff = (firstSample + findClick(drawn, clip!.rate)) / clip!.rate - truth

        // As it is heard: where the playhead says to be at the frame in which the click goes out.
        await seekTo(page, truth - 0.4)
        await page.evaluate(watchPlayhead)
        await forgetHeard(page)
        await page.keyboard.press('Space')
        await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
        await expect.poll(() => readPosition(page)).toBeGreaterThan(Math.min(truth + 0.5, seconds - 0.1))
        if (await page.getByRole('button', { name: 'Pause' }).isVisible()) await page.keyboard.press('Space')
        await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
        const heard = await readHeard(page)
        const frame = heard.firstFrame + findClick(heard.left, heard.sampleRateHz)
        const places = await page.evaluate(() => (window as unknown as { drawn: [number, number][] }).drawn)
        const said = places
          .filter(([at]) => Math.abs(at - truth) < 0.35)
          .map(([at, when]) => at + (frame - when) / heard.sampleRateHz - truth)
          .sort((a, b) => a - b)
        expect(said.length).toBeGreaterThan(5)
        // The playhead says whole milliseconds: the middle one of all that it said.
        const heardOff = said[Math.floor(said.length / 2)]!
        const ms = (value: number): string => (1000 * value).toFixed(3)
        console.log(
          `${String(length).padStart(4)} min  ${kind.padEnd(4)}  click at ${truth.toFixed(3).padStart(8)} s  drawn ${ms(drawnOff)} ms  heard ${ms(heardOff)} ms`,
        )
        expect(Math.abs(drawnOff), `${kind} drawn at ${truth}`).toBeLessThan(0.001)
        expect(Math.abs(heardOff), `${kind} heard at ${truth}`).toBeLessThan(0.001)
      }
    }
    await browser.close()
    await host.kill()
  })

const readPosition = async (page: Page): Promise<number> =>
  Number(await page.getByRole('slider', { name: 'Position in the clip' }).getAttribute('aria-valuenow'))

/** By keys alone: steps of two in a hundred of what is shown, and closer in where that is too far. */
async function seekTo(page: Page, target: number): Promise<void> {
  await page.getByRole('group', { name: 'Editor' }).focus()
  await page.keyboard.press('0')
  for (let turn = 0; turn < 400; turn++) {
    const left = target - (await readPosition(page))
    if (Math.abs(left) < 0.1) return
    const visible = await page.locator('.scroller').evaluate((scroller) => {
      const slider = document.querySelector('[aria-label="Position in the clip"]')!
      const width = scroller.querySelector('.content')!.getBoundingClientRect().width
      return (Number(slider.getAttribute('aria-valuemax')) * scroller.clientWidth) / width
    })
    const step = visible * 0.02
    if (Math.abs(left) < 0.7 * step) await page.keyboard.press('+')
    else {
      const presses = Math.max(1, Math.round(Math.abs(left) / step))
      for (let n = 0; n < presses; n++) await page.keyboard.press(left > 0 ? 'ArrowRight' : 'ArrowLeft')
    }
  }
  throw new Error(`the playhead does not come to ${target} s`)
}
