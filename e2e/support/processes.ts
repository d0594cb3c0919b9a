import { execFileSync } from 'node:child_process'

/** Processes that descend from one, by the system's parent links. */
export function descendantsOf(pid: number): number[] {
  const pairs = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const found = [pid]
  for (const parent of found) for (const [child, of] of pairs) if (of === parent) found.push(child)
  return found.slice(1)
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** @returns whether it became so in time */
export async function waitUntil(isSo: () => boolean, forMs: number): Promise<boolean> {
  const end = performance.now() + forMs
  while (!isSo()) {
    if (performance.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}
