import { readFileSync, writeFileSync } from 'node:fs'

export interface MemoryUse {
  residentBytes: number
  /** The most that was resident since `forgetPeak`. */
  peakBytes: number
  /** The most address space that was ever reserved. */
  reservedBytes: number
}

const isLinux = process.platform === 'linux'

/** What Linux knows of this process; elsewhere what Node knows, whose peak cannot be forgotten. */
export function readMemory(): MemoryUse {
  if (!isLinux) {
    const residentBytes = process.memoryUsage.rss()
    return { residentBytes, peakBytes: residentBytes, reservedBytes: 0 }
  }
  const text = readFileSync('/proc/self/status', 'latin1')
  const bytesOf = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { residentBytes: bytesOf('VmRSS'), peakBytes: bytesOf('VmHWM'), reservedBytes: bytesOf('VmPeak') }
}

/** Lets the peak begin anew from what is resident now (proc(5), clear_refs). */
export function forgetPeak(): void {
  if (isLinux) writeFileSync('/proc/self/clear_refs', '5')
}
