import { describe, expect, it } from 'vitest'
import { findWheels } from '../pins'
import { cuda12Files } from './cuda-files'
import { diagnose } from './diagnose'
import { nvidiaMachines } from './fixtures/nvidia-machines'
import { otherMachines } from './fixtures/other-machines'
import { compareVersions, nameMissingFile } from './list-checks'

describe.each([...nvidiaMachines, ...otherMachines])('$title', ({ findings, backends, expected }) => {
  const { verdict, checks } = diagnose(findings, backends)

  it('gets its verdict and one line of advice', () => {
    expect(verdict.kind).toBe(expected.kind)
    if (typeof expected.title === 'string') expect(verdict.title).toBe(expected.title)
    else expect(verdict.title).toMatch(expected.title)
    expect(verdict.advice).toBe(expected.advice)
    expect(verdict.advice).not.toContain('\n')
  })

  it('names what was found, what is wanted and the file', () => {
    for (const { area, what, state, file } of expected.checks) {
      const check = checks.find((one) => one.area === area && one.what.startsWith(what))
      expect(check, `${area}: ${what}`).toMatchObject({ state, ...(file === undefined ? {} : { file }) })
    }
    for (const check of checks) {
      expect(check.found, check.what).not.toBe('')
      expect(check.wanted, check.what).not.toBe('')
    }
  })
})

describe('what the doctor knows', () => {
  it('names the packages that the setup fetches', () => {
    const projects = findWheels('linux-x64', 'gpu')!.map(({ project }) => project)
    for (const { wheel } of cuda12Files) expect(projects).toContain(`nvidia-${wheel}-cu12`)
  })

  it('reads the missing file out of what a loader says', () => {
    expect(nameMissingFile('does not load (libcudnn.so.9: cannot open shared object file: No such file)')).toBe(
      'libcudnn.so.9',
    )
    expect(nameMissingFile('tensorflow/libtensorflow_cc.so.2 is missing: npm run …')).toBe(
      'tensorflow/libtensorflow_cc.so.2',
    )
    expect(nameMissingFile('crashed the process that tried it (SIGSEGV)')).toBeNull()
  })

  it('compares versions by their numbers', () => {
    expect(compareVersions('2.36', '2.27')).toBeGreaterThan(0)
    expect(compareVersions('2.9', '2.27')).toBeLessThan(0)
    expect(compareVersions('2.27', '2.27')).toBe(0)
  })
})
