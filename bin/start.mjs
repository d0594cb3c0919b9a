/**
 * `npm start [-- --headless] [-- CATALOG] [-- --port N]`: builds what is missing and opens the desktop app;
 * where that cannot be, says why in one line and serves the app to a browser instead.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNode, isNewEnough, passOn, projectFolder, runAgain } from './choose-node.mjs'

const downloadTimeoutMs = 180_000
/** An Electron that cannot start (no sandbox, no libraries, no display) ends within this. */
const startTimeoutMs = 8000

const electronFolder = join(projectFolder, 'node_modules', 'electron')

/** Electron's binary, or null. */
function electronBinary() {
  try {
    const name = readFileSync(join(electronFolder, 'path.txt'), 'utf8').trim()
    const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electronFolder, 'dist'), name)
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

/** Why there can be no window here, or null. */
function missingDisplay() {
  if (process.platform !== 'linux') return null
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)'
  if (process.getuid?.() === 0) return 'Electron keeps its sandbox on and so does not run as root'
  return null
}

/** Downloads Electron's binary with its own installer. Returns why it failed, or null. */
function downloadElectron() {
  const installer = join(electronFolder, 'install.js')
  if (!existsSync(installer)) return 'the electron package is not installed'
  console.error('Downloading Electron’s binary (once) …')
  const result = spawnSync(process.execPath, [installer], { timeout: downloadTimeoutMs, encoding: 'utf8' })
  if (electronBinary() !== null) return null
  if (result.error?.code === 'ETIMEDOUT') return `Electron’s download took longer than ${downloadTimeoutMs / 1000} s`
  const lines = `${result.stderr}`.split('\n').map((line) => line.trim())
  const said =
    lines.find((line) => /ENOTFOUND|EAI_AGAIN|ECONN|ENOSPC|EACCES|status/i.test(line)) ??
    lines.find((line) => /error/i.test(line))
  return `Electron’s binary could not be downloaded (${said ?? `exit code ${result.status}`})`
}

function serveHeadless(args) {
  const node = findNode() ?? process.execPath
  passOn(spawn(node, [join(projectFolder, 'out', 'main', 'headless.js'), ...args], { stdio: 'inherit' }))
}

function openDesktop(binary, args) {
  const startedAt = Date.now()
  const child = spawn(binary, [projectFolder, ...args], { stdio: 'inherit' })
  let isInterrupted = false
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const onSignal = (signal) => {
    isInterrupted = true
    child.kill(signal)
  }
  for (const signal of signals) process.on(signal, onSignal)
  const fallBack = (why) => {
    for (const signal of signals) process.off(signal, onSignal)
    console.error(`No desktop window: ${why}. Serving the app to a browser instead.`)
    serveHeadless(args)
  }
  child.on('error', (error) => fallBack(error.message))
  child.on('exit', (code, signal) => {
    const failed = code !== 0 && !isInterrupted && Date.now() - startedAt < startTimeoutMs
    if (failed) fallBack(`Electron ended at once (${signal ?? `exit code ${code}`})`)
    else process.exit(code ?? 1)
  })
}

async function main() {
  if (!isNewEnough()) return runAgain(fileURLToPath(import.meta.url), process.argv.slice(2))
  const { buildIfNeeded } = await import('./build-if-needed.mjs')
  await buildIfNeeded()
  const args = process.argv.slice(2).filter((argument) => argument !== '--headless')
  if (args.length < process.argv.slice(2).length) return serveHeadless(args)
  const why = missingDisplay() ?? (electronBinary() === null ? downloadElectron() : null)
  const binary = electronBinary()
  if (why === null && binary !== null) return openDesktop(binary, args)
  console.error(`No desktop window: ${why ?? 'Electron is not there'}. Serving the app to a browser instead.`)
  serveHeadless(args)
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
