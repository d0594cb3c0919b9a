import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Job } from '../../../shared/contract/jobs'
import { type Database, openDatabase } from '../catalog/database'
import { insertJob, readJob } from '../catalog/jobs'
import { OtherProcesses } from './other-processes'
import { currentOwner, isAlive } from '../../disk/process-owner'

describe('other processes on the same catalog', () => {
  let folder = ''
  let mine: Database
  let theirs: Database
  let heard: (Job | 'change')[]
  let others: OtherProcesses

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earmark-others-'))
    mine = openDatabase(join(folder, 'earmark.db'), { create: true })
    theirs = openDatabase(join(folder, 'earmark.db'), { create: false })
    heard = []
    others = new OtherProcesses({
      database: mine,
      onChange: () => void heard.push('change'),
      onJob: (job) => void heard.push(job),
      log: (line) => expect.fail(line),
    })
  })
  afterEach(() => {
    others.close()
    mine.close()
    theirs.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const addJob = (pid: number): void =>
    insertJob(theirs, {
      id: 'j',
      kind: 'export',
      title: 'Export',
      runId: null,
      outPath: null,
      ownerPid: pid,
      ownerStarted: '',
    })

  it('hears of what they write, and not of its own writing', () => {
    mine.run(`INSERT INTO meta (key, value) VALUES ('a', 'b')`)
    others.look()
    expect(heard).toEqual([])
    theirs.run(`INSERT INTO meta (key, value) VALUES ('c', 'd')`)
    others.look()
    others.look()
    expect(heard).toEqual(['change'])
  })

  it('follows a job of a process that lives, to its end', () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => 0, 60000)'])
    try {
      addJob(child.pid!)
      others.look()
      expect(heard).toMatchObject(['change', { id: 'j', status: 'queued' }])
      theirs.run(`UPDATE jobs SET status = 'done' WHERE id = 'j'`)
      others.look()
      expect(heard.slice(2)).toMatchObject(['change', { id: 'j', status: 'done' }])
      theirs.run(`INSERT INTO meta (key, value) VALUES ('c', 'd')`)
      others.look()
      expect(heard.slice(4)).toEqual(['change'])
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('ends a job whose process has died', () => {
    addJob(spawnSync(process.execPath, ['-e', '0']).pid)
    others.look()
    expect(readJob(mine, 'j')).toMatchObject({ status: 'failed', error: { code: 'worker-died' } })
    expect(heard).toMatchObject(['change', { id: 'j', status: 'failed' }])
  })

  it('tells a process from a later one with the same number', () => {
    expect(isAlive(currentOwner())).toBe(true)
    if (process.platform === 'linux') expect(isAlive({ pid: process.pid, started: '1@another boot' })).toBe(false)
  })
})
