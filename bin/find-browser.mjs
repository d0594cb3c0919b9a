/**
 * Finds a Chromium for the end-to-end tests: an installed Chromium, Chrome or Edge, else Playwright's own
 * download, else Debian's package where it may install packages. Ends with the one command to run where none
 * can be had.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

const isRunnable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function findInstalled() {
  if (process.env.EARMARK_CHROMIUM) return process.env.EARMARK_CHROMIUM
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge']
  const folders = (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':')
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  if (process.platform === 'darwin')
    for (const app of ['Chromium', 'Google Chrome', 'Microsoft Edge'])
      candidates.push(`/Applications/${app}.app/Contents/MacOS/${app}`)
  if (process.platform === 'win32')
    for (const root of [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA])
      if (root)
        candidates.push(
          join(root, 'Google/Chrome/Application/chrome.exe'),
          join(root, 'Microsoft/Edge/Application/msedge.exe'),
        )
  return candidates.find(isRunnable)
}

async function findPlaywrights() {
  const { chromium } = await import('@playwright/test')
  return isRunnable(chromium.executablePath()) ? chromium.executablePath() : undefined
}

function isDebianRoot() {
  return process.platform === 'linux' && process.getuid?.() === 0 && isRunnable('/usr/bin/apt-get')
}

function attempt(command, args, minutes = 10) {
  console.error(`$ ${command} ${args.join(' ')}`)
  const result = spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    timeout: minutes * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return result.status === 0
}

/**
 * In continuous integration: installs Vulkan's loader where it is missing, so that WebGPU is tested on the software
 * driver that Chromium brings. Elsewhere a machine is left as it is, and those tests skip, saying why.
 */
export function ensureVulkanLoader() {
  if (!process.env.CI || !isDebianRoot()) return
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' })
  if (stdout?.includes('libvulkan.so.1')) return
  console.error('Vulkan’s loader is missing; installing Debian’s libvulkan1 package.')
  attempt('apt-get', ['update', '-qq'])
  attempt('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'libvulkan1'])
}

/** @returns {Promise<string>} the path of a Chromium that can be started */
export async function findBrowser() {
  const present = findInstalled() ?? (await findPlaywrights())
  if (present) return present
  console.error('No Chromium, Chrome or Edge is installed; trying Playwright’s own.')
  const playwright = join(import.meta.dirname, '../node_modules/@playwright/test/cli.js')
  if (attempt(process.execPath, [playwright, 'install', 'chromium'], 5)) {
    const downloaded = await findPlaywrights()
    if (downloaded) return downloaded
  }
  if (isDebianRoot()) {
    console.error('That cannot be had here; installing Debian’s chromium package.')
    if (attempt('apt-get', ['update', '-qq']) && attempt('apt-get', ['install', '-y', '-qq', 'chromium'])) {
      const installed = findInstalled()
      if (installed) return installed
    }
  }
  console.error('The end-to-end tests need a Chromium, and none could be had. Install one, then run npm test again:')
  console.error(process.platform === 'linux' ? '  sudo apt-get install chromium' : '  npx playwright install chromium')
  process.exit(1)
}

if (process.argv[1] === import.meta.filename) console.log(await findBrowser())
