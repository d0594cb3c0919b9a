import { describe, expect, it } from 'vitest'
import type { RunStatus, RunSummary } from '../../../shared/contract/runs'
import { findInterrupted } from './resume'

const run = (id: string, status: RunStatus): RunSummary => ({ id, status }) as RunSummary

describe('the run to resume', () => {
  // Newest first, as the host lists them.
  const runs = [run('d', 'done'), run('c', 'cancelled'), run('b', 'failed'), run('a', 'running')]

  it('is the newest that stopped before its end, or the one that is named', () => {
    expect(findInterrupted(runs, 'last').id).toBe('c')
    expect(findInterrupted(runs, 'b').id).toBe('b')
  })

  it('is none where all ended or go on', () => {
    expect(() => findInterrupted([runs[0]!, runs[3]!], 'last')).toThrow('no run that stopped before its end')
  })
})
