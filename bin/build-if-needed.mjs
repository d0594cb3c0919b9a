/**
 * Builds `out/` when it is missing or was built from other sources. The stamp says what it was built from:
 * first by names, sizes and times (read in milliseconds), and where those differ by content, so that a
 * fresh checkout or a copy of a built folder does not build again.
 * By hand: `node bin/build-if-needed.mjs [--force]`.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNode, projectFolder } from './choose-node.mjs'

const stampFile = join(projectFolder, 'out', '.stamp')
const lockFolder = join(projectFolder, 'node_modules', '.earmark-build-lock')
const products = [
  'main/cli.js',
  'main/desktop.js',
  'main/headless.js',
  'main/worker.js',
  'preload/preload.cjs',
  'renderer/index.html',
]
/** A build takes well under a minute; an older lock was left by a build that was killed. */
const staleMs = 180_000

function sources() {
  const found = ['package.json', 'electron.vite.config.ts', 'tsconfig.base.json']
  const visit = (folder) => {
    for (const entry of readdirSync(join(projectFolder, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) visit(path)
      else if (!entry.name.endsWith('.test.ts')) found.push(path)
    }
  }
  visit('src')
  return found.sort()
}

function hash(parts) {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part).update('\0')
  return digest.digest('hex')
}

function quickHash(paths) {
  return hash(
    paths.map((path) => {
      const { size, mtimeMs } = statSync(join(projectFolder, path))
      return `${path} ${size} ${mtimeMs}`
    }),
  )
}

function contentHash(paths) {
  return hash(paths.flatMap((path) => [path, readFileSync(join(projectFolder, path))]))
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return null
  }
}

function isUpToDate() {
  const stamp = readStamp()
  if (stamp === null || products.some((path) => !existsSync(join(projectFolder, 'out', path)))) return false
  const paths = sources()
  const quick = quickHash(paths)
  if (stamp.quick === quick) return true
  if (stamp.content !== contentHash(paths)) return false
  writeFileSync(stampFile, JSON.stringify({ ...stamp, quick }))
  return true
}

/** Takes the lock, or waits until whoever has it is ready. */
async function takeLock() {
  for (;;) {
    try {
      mkdirSync(lockFolder)
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const age = Date.now() - (statSync(lockFolder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
      if (age > staleMs) rmSync(lockFolder, { recursive: true, force: true })
      else await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

function build() {
  return new Promise((resolve, reject) => {
    const vite = join(projectFolder, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    if (!existsSync(vite)) return reject(new Error('The packages are not installed: run "npm ci" first.'))
    // Whatever the build says is no result of ours: all of it goes to stderr.
    const child = spawn(findNode() ?? process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: projectFolder,
      stdio: ['ignore', 2, 2],
    })
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('The build failed.'))))
  })
}

/** Makes sure that `out/` is built from the sources as they are. @throws Error when the build fails. */
export async function buildIfNeeded({ isForced = false } = {}) {
  if (!isForced && isUpToDate()) return
  await takeLock()
  try {
    if (!isForced && isUpToDate()) return
    const paths = sources()
    const stamp = { quick: quickHash(paths), content: contentHash(paths) }
    rmSync(stampFile, { force: true })
    process.stderr.write('Building Earmark …\n')
    await build()
    writeFileSync(stampFile, JSON.stringify(stamp))
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1])
  buildIfNeeded({ isForced: process.argv.includes('--force') }).catch((error) => {
    console.error(error.message)
    process.exit(1)
  })
