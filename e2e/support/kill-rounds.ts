import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../../src/dsp/random'
import type { Connection } from '../../src/shared/rpc/client'
import { findDamage, fingerprint, readState } from './catalog-state'
import { makeFolder, projectFolder } from './data'
import { readCatalog } from './database'
import type { CommandOutcome } from './earmark'
import { activities } from './kill-activities'
import type { Activity, Run } from './kill-run'
import { Ledger } from './kill-ledger'
import { buildStage, findOrphans, launchOn, resetStage, type Stage, type StageSize } from './kill-stage'
import type { HeadlessHost } from './launch-headless'
import { descendantsOf, isAlive, waitUntil } from './processes'
import { connectToHost } from './rpc'

export interface KillOptions {
  repeats: number
  seed: number
  /** Goes on from here in the same order, as a long test does in pieces. */
  from?: number
  /** Only activities whose name has this in it. */
  only?: string
  log(line: string): void
}

export interface KillOutcome {
  repeat: number
  activity: string
  /** When it was killed, in milliseconds after it began. */
  delayMs: number
  /** How long it took, where it had ended before that; else it was met in the middle. */
  tookMs: number | null
  /** Edits and other work that had been acknowledged. */
  acknowledged: number
  /** Sentences; empty when all is as it must be. */
  faults: string[]
}

const resetAfter = 8
/** Longer than a worker takes to notice that its host is gone. */
const patienceMs = 20_000

/** Kills processes of a catalog at random moments and says what was not as it must be afterwards. */
export async function runKills(options: KillOptions): Promise<KillOutcome[]> {
  const folder = makeFolder('kill')
  const theatre = new Theatre(folder, options)
  const outcomes: KillOutcome[] = []
  try {
    for (let repeat = options.from ?? 0; outcomes.length < options.repeats; repeat++) {
      const outcome = await theatre.kill(repeat)
      outcomes.push(outcome)
      const { activity, delayMs, tookMs, acknowledged, faults } = outcome
      options.log(
        `${String(repeat).padStart(4)}  ${activity.padEnd(34)} ${String(Math.round(delayMs)).padStart(5)} ms  ` +
          `${tookMs === null ? 'met in the middle ' : `had ended in ${Math.round(tookMs)}`.padEnd(18)}${String(acknowledged).padStart(4)} acknowledged${faults.length ? '  FAULTS' : ''}`,
      )
      for (const fault of faults) options.log(`      ${fault}`)
      if (faults.length > 0) break
    }
  } finally {
    await theatre.close()
  }
  if (outcomes.every(({ faults }) => faults.length === 0)) rmSync(folder, { recursive: true, force: true })
  return outcomes
}

interface OpenHost {
  process: HeadlessHost
  connection: Connection
}

/** The stages, the host that is open on one of them, and how long each activity takes. */
class Theatre {
  private readonly stages = new Map<StageSize, Stage>()
  private readonly uses = new Map<StageSize, number>()
  private readonly typicalMs = new Map<Activity, number>()
  private readonly order: Activity[]
  private open: { size: StageSize; host: OpenHost } | null = null

  constructor(
    private readonly folder: string,
    private readonly options: KillOptions,
  ) {
    const chosen = activities.filter(({ name }) => name.includes(options.only ?? ''))
    if (chosen.length === 0) throw new Error(`No activity has “${options.only}” in its name.`)
    // Every activity comes once in each round, small catalogs and large ones for themselves.
    this.order = chosen
  }

  async close(): Promise<void> {
    await this.open?.host.process.kill('SIGKILL')
    this.open = null
  }

  async kill(repeat: number): Promise<KillOutcome> {
    const random = new Random(this.options.seed, `repeat ${repeat}`)
    const round = Math.floor(repeat / this.order.length)
    const shuffled = new Random(this.options.seed, `round ${round}`).shuffle([...this.order])
    const activity = shuffled[repeat % this.order.length]!
    const stage = await this.setStage(activity.size)
    // Beside a command a window may be open, or nothing.
    if (activity.victim === 'host' || random.integer(2) === 0) await this.openHost(stage)
    else await this.closeHost()

    const start = { state: readState(stage.catalog), print: fingerprint(stage.catalog), seq: lastEntry(stage) }
    const ledger = new Ledger(start.state)
    const faults: string[] = []
    let victim: ChildProcess | null = activity.victim === 'host' ? this.open!.host.process.process : null
    let isOver = false
    const run: Run = {
      stage,
      ledger,
      random,
      number: repeat,
      host: () => {
        if (this.open === null) throw new Error(`“${activity.name}” has no host`)
        return this.open.host.connection
      },
      command: (args) => {
        const { child, ended } = spawnCommand(args, stage)
        victim = child
        return ended
      },
      isOver: () => isOver,
      begin: () => undefined,
    }

    const typical = this.typicalMs.get(activity) ?? activity.typicalMs
    // A command takes a while until it has begun, in which there is nothing to be lost.
    const delayMs = random.uniform(activity.victim === 'command' ? 0.3 : 0, 1.15) * typical
    let begun = performance.now()
    const beginning = new Promise<void>((resolve) => {
      if (!activity.hasBeginning) return resolve()
      run.begin = () => {
        begun = performance.now()
        run.begin = () => undefined
        resolve()
      }
    })
    let tookMs: number | null = null
    const work = activity.work(run).then(
      () => {
        if (isOver) return
        tookMs = performance.now() - begun
        this.typicalMs.set(activity, 0.5 * typical + 0.5 * tookMs)
      },
      (error: Error & { code?: string }) => {
        // A host that is gone answers nothing; anything else is a fault of its own.
        if (!isOver || error.code !== 'disconnected') faults.push(`${activity.name}: ${error.message}`)
      },
    )
    await Promise.race([
      work,
      beginning.then(
        () => new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + delayMs - performance.now()))),
      ),
    ])
    isOver = true
    if (victim !== null) faults.push(...(await killTree(victim, random.integer(4) === 0)))
    await work
    if (activity.victim === 'host') this.open = null

    try {
      await this.openHost(stage)
      faults.push(...(await this.check(activity, run, start)))
    } catch (error) {
      faults.push(`afterwards: ${(error as Error).message}`)
    }
    return { repeat, activity: activity.name, delayMs, tookMs, acknowledged: ledger.acknowledged, faults }
  }

  /** Everything that must hold after a kill, and that undoing all that was done brings back what there was. */
  private async check(activity: Activity, run: Run, start: { print: string; seq: number }): Promise<string[]> {
    const { stage, ledger, random } = run
    const faults: string[] = []
    // Beside a command a window was open: it notices within a second or two that the command is gone.
    await waitUntil(() => findDamage(stage.catalog).every((line) => !/^(job|entry) /.test(line)), 10_000)
    await activity.settle?.(run)
    faults.push(...findDamage(stage.catalog))
    faults.push(...ledger.compare(readState(stage.catalog)))
    if (activity.after) faults.push(...(await activity.after(run)))
    if (activity.victim === 'command') {
      // What lies about is swept when the catalog is opened.
      await this.closeHost()
      await this.openHost(stage)
    }
    const { client } = this.open!.host.connection
    faults.push(...(await client.workspace.verify()).problems.map((problem) => `verify: ${problem}`))
    const runIds = readCatalog<{ id: string }>(stage.catalog, 'SELECT id FROM runs').map(({ id }) => id)
    faults.push(...findOrphans(stage, runIds).map((file) => `left over: ${file}`))
    if (faults.length > 0) return faults

    const print = fingerprint(stage.catalog)
    let undone = 0
    while (standsAfter(stage, start.seq)) {
      if ((await client.history.undo()).title === null) return ['undo has nothing to do, though entries stand']
      undone++
    }
    if (fingerprint(stage.catalog) !== start.print) faults.push('undoing all of it does not bring back what there was')
    if (activity.isUndone || random.integer(2) === 0) return faults
    while (undone-- > 0) await client.history.redo()
    if (fingerprint(stage.catalog) !== print) faults.push('making all of it again does not bring back what it had made')
    return faults
  }

  private async setStage(size: StageSize): Promise<Stage> {
    let stage = this.stages.get(size)
    if (this.open && this.open.size !== size) await this.closeHost()
    const uses = this.uses.get(size) ?? 0
    this.uses.set(size, uses + 1)
    if (!stage) {
      const begun = performance.now()
      stage = await buildStage(this.folder, size, this.options.seed)
      this.stages.set(size, stage)
      this.options.log(`      (the ${size} catalog was made in ${((performance.now() - begun) / 1000).toFixed(1)} s)`)
    } else if (uses % resetAfter === 0) {
      await this.closeHost()
      resetStage(stage)
    }
    return stage
  }

  private async openHost(stage: Stage): Promise<void> {
    if (this.open) return
    const process = await launchOn(stage, stage.catalog)
    this.open = { size: stage.size, host: { process, connection: await connectToHost(process.url) } }
  }

  private async closeHost(): Promise<void> {
    const code = await this.open?.host.process.kill()
    this.open = null
    if (code !== undefined && code !== 0) throw new Error(`The host ended with ${code} when it was asked to.`)
  }
}

function lastEntry(stage: Stage): number {
  return readCatalog<{ seq: number }>(stage.catalog, 'SELECT coalesce(max(seq), 0) AS seq FROM journal')[0]!.seq
}

function standsAfter(stage: Stage, seq: number): boolean {
  return readCatalog(stage.catalog, `SELECT 1 FROM journal WHERE state = 'done' AND seq > ? LIMIT 1`, seq).length > 0
}

function spawnCommand(args: string[], stage: Stage): { child: ChildProcess; ended: Promise<CommandOutcome> } {
  const child = spawn(process.execPath, [join(projectFolder, 'bin/earmark.mjs'), ...args], {
    env: { ...process.env, ...stage.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return { child, ended }
}

/** Ends a process at once, alone or with all it has started; what it has started must not outlive it. */
async function killTree(victim: ChildProcess, isWhole: boolean): Promise<string[]> {
  if (victim.exitCode !== null || victim.signalCode !== null) return []
  const children = descendantsOf(victim.pid!)
  const exited = once(victim, 'exit')
  victim.kill('SIGKILL')
  if (isWhole)
    for (const pid of children)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It was faster.
      }
  await exited
  const isGone = await waitUntil(() => !children.some(isAlive), patienceMs)
  return isGone ? [] : ['a process outlives the one that started it']
}
