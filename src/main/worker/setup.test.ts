import { describe, expect, it } from 'vitest'
import { findPins } from './native/pins'
import { measureShare, type SetupProgress } from './native/setup-progress'
import { describeStep } from './setup'

describe('the progress of a setup', () => {
  it('is one line for the tray', () => {
    const file = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl'
    const step = (text: string, doneBytes?: number): string =>
      describeStep({ step: 'download', text, doneBytes, totalBytes: 274_000_871 })
    expect(step(`Downloading ${file} (274 MB)`, 0)).toBe('Downloading tensorflow_cpu 2.21.0 (274 MB)')
    expect(step(file, 120_500_000)).toBe('Downloading tensorflow_cpu 2.21.0: 120 of 274 MB')
    expect(describeStep({ step: 'compile', text: 'Compiling it' })).toBe('Compiling it')
  })

  it('goes over all wheels by their bytes, and never back', () => {
    const pins = findPins('linux-x64', 'gpu')!
    const told: SetupProgress[] = []
    const tell = measureShare(pins, (progress) => told.push(progress))
    for (const { file, bytes } of pins.wheels)
      for (const part of [0, 0.5, 1]) tell({ step: 'download', text: file, doneBytes: bytes * part, totalBytes: bytes })
    // A download that begins anew, because the server knows no ranges.
    tell({ step: 'download', text: pins.wheels[0]!.file, doneBytes: 1, totalBytes: pins.wheels[0]!.bytes })
    tell({ step: 'compile', text: 'Compiling' })
    const shares = told.map(({ share }) => share)
    expect(shares[0]).toBeCloseTo(0.01)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.at(-2)).toBeCloseTo(0.6)
    expect(shares.at(-1)).toBeCloseTo(0.72)
    // The largest wheel of thirteen, cuDNN, is a good fifth of the bytes.
    const cudnn = told.filter(({ text }) => text.includes('cudnn')).map(({ share }) => share)
    expect(cudnn.at(-1)! - cudnn[0]!).toBeGreaterThan(0.1)
  })
})
