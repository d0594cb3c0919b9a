/** What is heard, by keyboard alone: believed only from the samples that go out to the loudspeaker. */
import { expect, type Page, test } from '@playwright/test'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeWav } from '../src/formats/audio/encode-wav'
import { openApp, takeShot } from './support/app'
import { esc10Folder, makeFolder, noEsc10 } from './support/data'
import { readCatalog } from './support/database'
import { earmark } from './support/earmark'
import {
  alignHeard,
  awaitHearing,
  countHeard,
  forgetHeard,
  type Heard,
  placeHeard,
  readHeard,
  shareOfEnergy,
  startHearing,
  strongestHertz,
  trimSilence,
  watchPlayhead,
} from './support/hearing'
import { lookInBothThemes } from './support/looking'

test.skip(esc10Folder === null, noEsc10)

const sine = (hz: number, seconds: number, rate: number, level = 0.3): Float32Array =>
  Float32Array.from({ length: seconds * rate }, (_, n) => level * Math.sin((2 * Math.PI * hz * n) / rate))

test('a baby, a bat and four channels are heard as they should be, by keyboard', async () => {
  test.setTimeout(180_000)
  const folder = makeFolder('listening')
  const sounds = join(folder, 'sounds')
  const catalog = join(folder, 'catalog')
  const options = { userFolder: join(folder, 'user') }
  mkdirSync(sounds)
  writeFileSync(join(sounds, 'a-bat.wav'), encodeWav([sine(43_000, 1.5, 192_000)], 192_000))
  copyFileSync(join(esc10Folder!, 'audio/1-187207-A-20.ogg'), join(sounds, 'b-baby.ogg'))
  const tones = [500, 900, 1300, 1700].map((hz) => sine(hz, 2, 48_000))
  writeFileSync(join(sounds, 'c-four.wav'), encodeWav(tones, 48_000))
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, sounds], options)).code).toBe(0)
  const clipOf = (path: string): string =>
    readCatalog<{ id: string }>(
      catalog,
      'select c.id from clips c join recordings r on r.key = c.recording_key where r.path = ?',
      path,
    )[0]!.id

  const { page, close } = await openApp('headless', join(folder, 'user'), { bypassCSP: true })
  await startHearing(page)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  const clips = page.getByRole('grid', { name: 'Clips' })
  await expect(clips.getByRole('gridcell').first()).toBeVisible()
  await clips.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`annotate/${clipOf('b-baby.ogg')}`))
  await expect(page.getByRole('heading', { name: 'b-baby.ogg' })).toBeVisible()
  await awaitHearing(page)
  const baby = await decodeMedia(page, clipOf('b-baby.ogg'))

  await test.step('the whole clip: every sample of what the picture is made of, in time', async () => {
    await page.evaluate(watchPlayhead)
    const heard = await hear(page, 'Space', baby.length / 44_100)
    const first = baby.findIndex((value) => value !== 0)
    // At the file's own rate nothing is computed: the samples are those of the file.
    expect(heard.sampleRateHz).toBe(44_100)
    const holes = alignHeard(heard.left, trimSilence(baby))
    // The playhead as it was drawn, beside the sample that was at the loudspeaker then.
    const drawn = await page.evaluate(() => (window as unknown as { drawn: [number, number][] }).drawn)
    const playing = drawn.filter(([seconds, frame]) => frame > heard.firstFrame && seconds > 0.3 && seconds < 4.5)
    const off = playing
      .map(([seconds, frame]) => Math.abs(seconds - (first + placeHeard(frame - heard.firstFrame, holes)) / 44_100))
      .sort((a, b) => a - b)
    expect(off.length).toBeGreaterThan(20)
    // The playhead says whole milliseconds: half of one is what it may be off by.
    expect(off[Math.floor(off.length / 2)]!).toBeLessThan(0.001)
  })

  await test.step('half as fast with and without its pitch', async () => {
    for (const keys of ['Alt+S < <', 'Alt+P']) {
      for (const key of keys.split(' ')) await page.keyboard.press(key)
      await page.keyboard.press('Home')
      const { left } = await hear(page, 'Space', (2 * baby.length) / 44_100)
      expect(left.length / baby.length).toBeGreaterThan(1.8)
      expect(left.length / baby.length).toBeLessThan(2.02)
      const keepsPitch = keys !== 'Alt+P'
      const centre = (signal: Float32Array): number => centroidHertz(signal, 44_100)
      expect(centre(left) / centre(baby)).toBeGreaterThan(keepsPitch ? 0.8 : 0.4)
      expect(centre(left) / centre(baby)).toBeLessThan(keepsPitch ? 1.2 : 0.6)
    }
    await expect(page.getByLabel('Heard with')).toContainText('Pitch follows')
    await page.keyboard.press('Alt+P')
    await page.keyboard.press('Alt+S')
    await expect(page.getByRole('combobox', { name: 'Rate' })).toHaveValue('1')
  })

  await test.step('a box alone, and its full band, on one key', async () => {
    await page.keyboard.press('Home')
    await page.keyboard.press('s')
    await expect(page.getByText('S ends it')).toBeVisible()
    for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('s')
    const low = page.getByRole('textbox', { name: 'Low (Hz)' })
    await expect(low).toBeVisible()
    await low.fill('1500')
    await low.press('Enter')
    await page.getByRole('textbox', { name: 'High (Hz)' }).fill('3000')
    await page.getByRole('textbox', { name: 'High (Hz)' }).press('Enter')
    await expect
      .poll(() => readCatalog(catalog, 'select low_hz, high_hz from annotations'))
      .toEqual([{ low_hz: 1500, high_hz: 3000 }])
    await page.getByRole('group', { name: 'Editor' }).focus()
    const box = await hear(page, 'b', 2, 'Shift+Space')
    await expect(page.getByLabel('Heard with')).toContainText('Box only')
    expect(box.left.length / 44_100).toBeGreaterThan(1.9)
    expect(box.left.length / 44_100).toBeLessThan(2.01)
    expect(shareOfEnergy(box.left, 44_100, 1300, 3200)).toBeGreaterThan(0.999)
    await takeShot(page, 'listening-box')

    const full = await hear(page, 'b', 2, 'Shift+Space')
    await expect(page.getByLabel('Heard with')).toBeHidden()
    expect(shareOfEnergy(full.left, 44_100, 1300, 3200)).toBeLessThan(0.9)
  })

  await test.step('a loop of the segment has no sample between its rounds', async () => {
    await forgetHeard(page)
    await page.keyboard.press('o')
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
    await expect.poll(() => countHeard(page), { timeout: 15_000 }).toBeGreaterThan(5.5 * 44_100)
    await page.keyboard.press('Space')
    const { left } = await readHeard(page)
    const [segment] = readCatalog<{ start_seconds: number; end_seconds: number }>(
      catalog,
      'select start_seconds, end_seconds from annotations',
    )
    const [from, to] = [segment!.start_seconds, segment!.end_seconds].map((at) => Math.round(at * 44_100))
    const round = baby.slice(from!, to!)
    const first = round.findIndex((value) => value !== 0)
    const rounds = Float32Array.from({ length: 6 * 44_100 }, (_, n) => round[(first + n) % round.length]!)
    // Where it is stopped it fades.
    const holes = alignHeard(left.subarray(0, 4.8 * 44_100), rounds, false)
    const lost = holes.reduce((sum, { frames }) => sum + frames, 0)
    expect(lost).toBeLessThan(0.3 * 44_100)
    // A machine that is too busy to compute in time has heard a pause: never where the rounds meet.
    for (const { at } of holes) expect((first + at) % round.length).not.toBe(0)
    await page.keyboard.press('o')
    await page.keyboard.press('Escape')
  })

  await test.step('one of four channels alone, louder', async () => {
    await page.keyboard.press('n')
    await expect(page.getByRole('heading', { name: 'c-four.wav' })).toBeVisible()
    const all = await hear(page, 'Space', 2)
    for (const hz of [500, 900, 1300, 1700])
      expect(shareOfEnergy(all.left, 44_100, hz - 20, hz + 20)).toBeCloseTo(0.25, 2)
    await page.keyboard.press('Alt+C')
    await page.keyboard.press('Alt+C')
    await page.keyboard.press('Alt+ArrowUp')
    await expect(page.getByLabel('Heard with')).toContainText('Channel 2')
    await expect(page.getByLabel('Heard with')).toContainText('+6 dB')
    await page.keyboard.press('Home')
    const one = await hear(page, 'Space', 2)
    expect(strongestHertz(one.left, 44_100)).toBeCloseTo(900, -1)
    expect(shareOfEnergy(one.right, 44_100, 880, 920)).toBeGreaterThan(0.999)
    const loudest = one.left.subarray(8000, 60_000).reduce((most, value) => Math.max(most, value), 0)
    expect(loudest).toBeCloseTo(0.3 * 10 ** (6 / 20), 2)
    await page.keyboard.press('Alt+ArrowDown')
  })

  await test.step('43 kHz as 4.3 kHz ten times slower, and as 3 kHz beside a tone of 40', async () => {
    await page.keyboard.press('p')
    await expect(page.locator('.where .mono').first()).toHaveText('2')
    await page.keyboard.press('p')
    await expect(page.getByRole('heading', { name: 'a-bat.wav' })).toBeVisible()
    await page.keyboard.press('Alt+U')
    await expect(page.getByLabel('Heard with')).toContainText('10× slower')
    await forgetHeard(page)
    await page.keyboard.press('Space')
    await expect.poll(() => countHeard(page), { timeout: 15_000 }).toBeGreaterThan(100_000)
    await page.keyboard.press('Space')
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
    expect(strongestHertz((await readHeard(page)).left, 44_100)).toBeCloseTo(4300, -1)

    await page.keyboard.press('Alt+U')
    await expect(page.getByLabel('Heard with')).toContainText('Heterodyne 40.0 kHz')
    await page.keyboard.press('Home')
    const mixed = await hear(page, 'Space', 1.5)
    expect(strongestHertz(mixed.left, 44_100)).toBeCloseTo(3000, -1)
    expect(mixed.left.length / 44_100).toBeCloseTo(1.5, 1)
    await page.keyboard.press('Alt+PageUp')
    await expect(page.getByLabel('Heard with')).toContainText('Heterodyne 41.0 kHz')
  })

  await test.step('every setting is in one panel, and kept', async () => {
    await page.keyboard.press('Alt+L')
    const panel = page.getByRole('group', { name: 'Listening settings' })
    await expect(panel.getByRole('textbox', { name: 'Tone (kHz)' })).toHaveValue('41')
    await lookInBothThemes(page, 'listening-panel')
    await page.reload()
    await expect(panel.getByRole('combobox', { name: 'Ultrasound' })).toHaveValue('heterodyne')
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeEnabled()
    await page.keyboard.press('Alt+U')
    await expect(panel.getByRole('combobox', { name: 'Ultrasound' })).toHaveValue('off')
  })
  await close()
})

/**
 * Presses a key, hears what plays to its end, and gives it. A machine that is too busy to compute in time has heard a pause
 * in the middle, which is no fault of what is played: then it is played again.
 * @param again the key that plays the same once more
 */
async function hear(page: Page, key: string, seconds: number, again = key): Promise<Heard> {
  for (let attempt = 1; ; attempt++) {
    await forgetHeard(page)
    await page.keyboard.press(attempt === 1 ? key : again)
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 30_000 })
    const heard = await readHeard(page)
    if (heard.left.length <= (seconds + 0.02) * heard.sampleRateHz || attempt === 3) return heard
    await page.keyboard.press('Home')
  }
}

/** The first channel of a clip's rendition, decoded by the test itself: 16 bits, as of every lossy file. */
async function decodeMedia(page: Page, clipId: string): Promise<Float32Array> {
  const text = await page.evaluate(async (id) => {
    const bytes = new Uint8Array(await (await fetch(`/media/${id}.wav`)).arrayBuffer())
    let all = ''
    for (let from = 0; from < bytes.length; from += 8192)
      all += String.fromCharCode(...bytes.subarray(from, from + 8192))
    return btoa(all)
  }, clipId)
  const bytes = Buffer.from(text, 'base64')
  return Float32Array.from({ length: (bytes.length - 44) / 2 }, (_, n) => bytes.readInt16LE(44 + 2 * n) / 32_768)
}

/** The middle of a spectrum's energy below 8 kHz. */
function centroidHertz(signal: Float32Array, sampleRateHz: number): number {
  let [sum, all] = [0, 0]
  for (let hz = 100; hz < 8000; hz += 100) {
    const share = shareOfEnergy(signal, sampleRateHz, hz, hz + 100)
    sum += share * hz
    all += share
  }
  return sum / all
}
