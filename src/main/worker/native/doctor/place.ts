/** Where the probes look: this machine, or a folder laid out like one, for tests. */
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceFile } from '../../../../shared/job/diagnosis'
import { runTool, type ToolResult } from '../run-tool'

export interface Place {
  /** '/' on this machine. */
  root: string
  environment: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  architecture: string
  /** Runs a tool of the machine; one that is not there has a `startError`. */
  run(program: string, args: string[]): Promise<ToolResult>
}

/** A tool that hangs (nvidia-smi on a driver that is stuck) costs no more than this. */
const toolTimeoutMs = 15_000

export const thisMachine: Place = {
  root: '/',
  environment: process.env,
  platform: process.platform,
  architecture: process.arch,
  run: (program, args) => runTool(program, args, { timeoutMs: toolTimeoutMs }),
}

/** A file's text, or null when it cannot be read. */
export function readText({ root }: Place, path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return null
  }
}

/** The names in a folder, sorted; none when it cannot be read. */
export function listNames({ root }: Place, path: string): string[] {
  try {
    return readdirSync(join(root, path)).sort()
  } catch {
    return []
  }
}

export function isThere({ root }: Place, path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false }) !== undefined
}

/** A device file as this process sees it, or null when there is none. */
export function readDevice(place: Place, path: string): DeviceFile | null {
  try {
    const { gid } = statSync(join(place.root, path))
    const line = (readText(place, 'etc/group') ?? '').split('\n').find((one) => one.split(':')[2] === String(gid))
    return { path, isUsable: canUse(join(place.root, path)), group: line?.split(':')[0] ?? null }
  } catch {
    return null
  }
}

function canUse(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
