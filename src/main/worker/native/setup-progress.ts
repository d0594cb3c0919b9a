/** How far a setup is, as a whole. */
import type { SetupPins } from './pins'

export type SetupStep = 'tools' | 'download' | 'unpack' | 'compile' | 'prove' | 'done'

export interface SetupProgress {
  step: SetupStep
  /** For people. */
  text: string
  doneBytes?: number
  totalBytes?: number
  /** Of the whole setup, 0 to 1; never goes back. */
  share: number
}

export type TellStep = (progress: Omit<SetupProgress, 'share'>) => void

/** Where each step begins and ends in the whole, as the steps' seconds are on an ordinary line. */
const spans: Record<SetupStep, [number, number]> = {
  tools: [0, 0.01],
  download: [0.01, 0.6],
  unpack: [0.6, 0.72],
  compile: [0.72, 0.96],
  prove: [0.96, 1],
  done: [1, 1],
}

/** Adds its share of the whole to what the steps tell: of downloads and unpacking by bytes, over all wheels. */
export function measureShare(pins: SetupPins, tell: (progress: SetupProgress) => void): TellStep {
  const total = pins.wheels.reduce((sum, { bytes }) => sum + bytes, 0)
  const before = new Map<string, number>()
  let sum = 0
  for (const { file, bytes } of pins.wheels) {
    before.set(file, sum / total)
    sum += bytes
  }
  let share = 0
  return (progress) => {
    const [from, to] = spans[progress.step]
    const pin = pins.wheels.find(({ file }) => progress.text.includes(file))
    let within = 0
    if (pin && progress.totalBytes)
      within = before.get(pin.file)! + ((progress.doneBytes ?? 0) / progress.totalBytes) * (pin.bytes / total)
    share = Math.max(share, from + within * (to - from))
    tell({ ...progress, share })
  }
}
