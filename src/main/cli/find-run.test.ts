import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../shared/contract/runs'
import { chooseRun } from './find-run'

const run = (id: string, createdAt: string, status: RunSummary['status'] = 'done'): RunSummary =>
  ({ id, createdAt, status }) as RunSummary

const runs = [
  run('019a-1111', '2026-01-01T00:00:00.000Z'),
  run('019a-1122', '2026-01-03T00:00:00.000Z'),
  run('019b-3333', '2026-01-02T00:00:00.000Z'),
  run('019c-4444', '2026-01-09T00:00:00.000Z', 'failed'),
]

describe('chooseRun', () => {
  it('takes an id, a prefix of one run, and "last" for the newest that finished', () => {
    expect(chooseRun(runs, '019b-3333').id).toBe('019b-3333')
    expect(chooseRun(runs, '019b').id).toBe('019b-3333')
    expect(chooseRun(runs, '019c').id).toBe('019c-4444')
    expect(chooseRun([...runs], 'last').id).toBe('019a-1122')
    expect(chooseRun([run('a', 'x'), run('ab', 'y')], 'a').id).toBe('a')
  })

  it('refuses a prefix of several and one of none', () => {
    expect(() => chooseRun(runs, '019a-11')).toThrow(/2 runs begin with "019a-11"/)
    expect(() => chooseRun(runs, 'zzz')).toThrow(/no run "zzz"/)
    expect(() => chooseRun([run('a', 'x', 'failed')], 'last')).toThrow(/no finished run/)
  })
})
