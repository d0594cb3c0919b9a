import { expect, test, type Page } from '@playwright/test'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { findWheels } from '../src/main/worker/native/pins'
import { describeMachine } from '../src/main/worker/native/native-folder'
import { openFakeIndex, type FakeIndex } from '../src/main/worker/native/testing/fake-index'
import { missingForSetup, pythonPath } from '../src/main/worker/native/testing/small-tensorflow'
import { launchBrowser, takeShot } from './support/app'
import { makeFolder } from './support/data'
import { launchHeadless } from './support/launch-headless'

/**
 * The setup of TensorFlow as people meet it, against an index on this machine that gives the pinned wheel slowly and
 * without its contents: what is built of the real one, `npm test` does before the tests begin.
 */
const pin = findWheels(describeMachine(), 'cpu')?.[0]

test.describe('the setup of TensorFlow', () => {
  test.skip(missingForSetup !== '' || !pin, missingForSetup || 'no setup for this machine')
  let index: FakeIndex
  let native: string
  test.beforeEach(async () => {
    index = await openFakeIndex()
    index.files = [{ project: pin!.project, file: pin!.file, content: null, bytes: pin!.bytes, sha256: pin!.sha256 }]
    Object.assign(index.behaviour, { dripMs: 50, dripBytes: 1 << 20 })
    native = join(makeFolder('native'), 'libraries')
  })
  test.afterEach(() => index.close())

  const open = async (options: { env?: Record<string, string>; userFolder?: string } = {}) => {
    const host = await launchHeadless({
      ...options,
      env: { ...index.environment, EARMARK_NATIVE_FOLDER: native, ...options.env },
    })
    const browser = await launchBrowser()
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(host.url)
    return { host, page, close: async () => (await browser.close(), await host.kill()) }
  }
  const part = (): number =>
    statSync(join(native, 'downloads', `${pin!.file}.part`), { throwIfNoEntry: false })?.size ?? 0
  const unfinished = (): string[] => readdirSync(native).filter((name) => name !== 'downloads')
  const goToSetup = async (page: Page): Promise<void> => {
    await page.getByRole('link', { name: 'Settings' }).click()
  }
  const setUp = (page: Page) => page.getByRole('button', { name: /^Set up TensorFlow for/ })

  test('is offered on the first page, runs beside the work, is cancelled, and goes on after its host was killed', async () => {
    const first = await open()
    const offer = first.page.getByRole('region', { name: 'Faster training' })
    await expect(offer).toContainText('274 MB to download')
    await offer.getByRole('button', { name: 'Set up' }).click()
    await expect(offer).toContainText('TensorFlow is being set up')
    await expect.poll(part, { timeout: 30_000 }).toBeGreaterThan(2e6)
    const setupProcess = readFileSync(join(native, 'setup.lock'), 'utf8').split(' ')[0]!

    // Cancelled from the tray: what has arrived stays, nothing else.
    await first.page.keyboard.press('Shift+J')
    await expect(first.page.getByRole('progressbar', { name: 'Set up TensorFlow' })).toBeVisible()
    await takeShot(first.page, 'setup-1-tray')
    await first.page.getByRole('button', { name: 'Cancel: Set up TensorFlow' }).click()
    await expect(first.page.getByRole('dialog')).toContainText('What it has downloaded is kept')
    await first.page.getByRole('button', { name: 'Cancel the job' }).click()
    await expect(first.page.getByRole('list', { name: 'Finished' })).toContainText('Cancelled')
    expect(unfinished()).toEqual([])
    expect(existsSync(`/proc/${setupProcess}`)).toBe(false)
    const afterCancel = part()
    expect(afterCancel).toBeGreaterThan(2e6)

    // Begun again in Settings; the host is killed in the middle of it.
    await first.page.keyboard.press('Escape')
    await goToSetup(first.page)
    await setUp(first.page).click()
    await expect(first.page.getByRole('group', { name: 'Setup of TensorFlow' })).toContainText('Downloading')
    await expect.poll(part, { timeout: 30_000 }).toBeGreaterThan(afterCancel + 2e6)
    await takeShot(first.page, 'setup-2-settings')
    const orphan = readFileSync(join(native, 'setup.lock'), 'utf8').split(' ')[0]!
    await first.host.kill('SIGKILL')
    await expect.poll(() => existsSync(`/proc/${orphan}`)).toBe(false)
    await first.close()
    const afterCrash = part()

    // Another host takes the dead one's lock over and asks for the rest only.
    const asked = index.asked.length
    const second = await open()
    await goToSetup(second.page)
    await setUp(second.page).click()
    await expect.poll(part, { timeout: 30_000 }).toBeGreaterThan(afterCrash + 1e6)
    expect(index.asked[asked]).toEqual({ file: pin!.file, range: `bytes=${afterCrash}-` })
    // Closing the host ends it too.
    await second.close()
    expect(unfinished()).toEqual([])
  })

  test('says in one line what stopped it, and the program goes on', async () => {
    const { page, host, close } = await open({ env: { PIP_INDEX_URL: 'http://127.0.0.1:9/simple' } })
    await goToSetup(page)
    await setUp(page).click()
    const group = page.getByRole('group', { name: 'Setup of TensorFlow' })
    await expect(group.getByRole('alert')).toContainText(`pip cannot reach its package index to download ${pin!.file}.`)
    await expect(group.getByRole('alert')).toContainText('Check the network')
    await takeShot(page, 'setup-3-no-network')
    expect(unfinished()).toEqual([])
    await expect(setUp(page)).toBeEnabled()
    expect(host.output()).not.toContain('internal')
    await close()
  })

  test('says what is missing before anything is downloaded, and is not offered to who declined', async () => {
    const bin = join(makeFolder('bin'), 'bin')
    mkdirSync(bin)
    symlinkSync(process.execPath, join(bin, 'node'))
    const userFolder = makeFolder('user')
    const bare = { PATH: bin, PYTHON: pythonPath, CXX: '', npm_execpath: '' }
    const first = await open({ env: bare, userFolder })
    const offer = first.page.getByRole('region', { name: 'Faster training' })
    await expect(offer).toContainText('No C++ compiler was found')
    await expect(offer).toContainText('sudo apt install g++')
    await takeShot(first.page, 'setup-4-missing')
    await offer.getByRole('button', { name: 'Not now' }).click()
    await expect(offer).toHaveCount(0)
    await goToSetup(first.page)
    await expect(first.page.getByRole('group', { name: 'Setup of TensorFlow' })).toContainText(
      'No C++ compiler was found',
    )
    await expect(setUp(first.page)).toHaveCount(0)
    await first.close()
    expect(index.asked).toEqual([])

    // With a compiler on the path it can be set up; on the first page nobody asks again.
    const second = await open({ userFolder })
    await goToSetup(second.page)
    await expect(setUp(second.page)).toBeVisible()
    await second.page.goto(second.host.url)
    await expect(second.page.getByRole('heading', { name: 'Earmark' })).toBeVisible()
    await second.page.waitForTimeout(2500)
    await expect(second.page.getByRole('button', { name: 'Not now' })).toHaveCount(0)
    await second.close()
  })
})
