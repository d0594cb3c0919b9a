/** From clip to clip without a hole, by keyboard: believed only from the samples that go out to the loudspeaker. */
import { expect, test } from '@playwright/test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeWav } from '../src/formats/audio/encode-wav'
import { openApp } from './support/app'
import { makeFolder } from './support/data'
import { earmark } from './support/earmark'
import { awaitHearing, forgetHeard, type Heard, readHeard, startHearing } from './support/hearing'

const rate = 44_100

/** Noise that is never silent, in steps of 16 bits. */
function noise(seed: number, seconds: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: Math.round(seconds * rate) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (100 + (state >>> 20)) / 32_768
  })
}

/**
 * Every sample that went out is the next one of what should be heard. A machine that is too busy to compute in time has heard a
 * pause, as a hole in the sound: never where clips meet. Where the recorder was left out, as many may have gone out.
 */
function follow({ left, unheard }: Heard, expected: readonly number[], joints: ReadonlySet<number>): void {
  const gaps = new Map(unheard.map(({ at, frames }) => [at, frames]))
  let count = 0
  for (let n = 0; n < left.length; n++) {
    const gap = gaps.get(n)
    if (gap !== undefined) {
      n += gap - 1
      const after = left[n + 1]
      // Of noise a value is found again at once: the sound went on meanwhile, or it waited.
      if (after !== 0 && Math.abs(after! - (expected[count] ?? Infinity)) >= 1e-6) count += gap
      continue
    }
    const value = left[n]!
    if (value !== 0) {
      if (!(Math.abs(value - (expected[count] ?? Infinity)) < 1e-6))
        throw new Error(`Frame ${n} is ${value}, and should be ${expected[count]} of place ${count}.`)
      count++
    } else if (joints.has(count)) throw new Error(`silence between two clips, at frame ${n}`)
  }
  expect(count).toBe(expected.length)
}

test('clips of the list follow each other sample by sample, and the page goes over with them', async () => {
  test.setTimeout(120_000)
  const folder = makeFolder('gapless')
  const sounds = join(folder, 'sounds')
  const catalog = join(folder, 'catalog')
  const options = { userFolder: join(folder, 'user') }
  mkdirSync(sounds)
  const clips = [noise(1, 2.5), noise(2, 1.7), noise(3, 2.1)]
  for (const [index, samples] of clips.entries())
    writeFileSync(join(sounds, `${'abc'[index]}.wav`), encodeWav([samples], rate))
  expect((await earmark(['init', catalog], options)).code).toBe(0)
  expect((await earmark(['import', catalog, sounds], options)).code).toBe(0)

  const { page, close } = await openApp('headless', join(folder, 'user'), { bypassCSP: true })
  await startHearing(page)
  await page.getByRole('textbox', { name: 'Existing catalog' }).fill(catalog)
  await page.keyboard.press('Enter')
  const grid = page.getByRole('grid', { name: 'Clips' })
  await expect(grid.getByRole('gridcell').first()).toBeVisible()
  await grid.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'a.wav' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Next clip' })).toBeEnabled()
  await awaitHearing(page)

  await page.keyboard.press('Alt+N')
  await expect(page.getByRole('button', { name: 'Play on through the list' })).toHaveAttribute('aria-pressed', 'true')
  await forgetHeard(page)
  await page.keyboard.press('Space')
  await expect(page.getByRole('heading', { name: 'b.wav' })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'c.wav' })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 20_000 })

  const heard = await readHeard(page)
  expect(heard.sampleRateHz).toBe(rate)
  const expected = clips.flatMap((samples) => [...samples])
  const joints = new Set([clips[0]!.length, clips[0]!.length + clips[1]!.length])
  follow(heard, expected, joints)

  // Without it the clip ends where it ends.
  await page.keyboard.press('Alt+N')
  await page.keyboard.press('p')
  await expect(page.getByRole('heading', { name: 'b.wav' })).toBeVisible()
  await forgetHeard(page)
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 20_000 })
  follow(await readHeard(page), [...clips[1]!], new Set())
  await expect(page.getByRole('heading', { name: 'b.wav' })).toBeVisible()
  await close()
})
