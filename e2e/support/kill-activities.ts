/** What is under way when a process is killed: each works until it is done or the process is gone. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Random } from '../../src/dsp/random'
import { everyClip } from '../../src/shared/contract/clip-query'
import { nextStatuses, type ReviewStatus } from '../../src/shared/contract/review'
import type { Connection } from '../../src/shared/rpc/client'
import { type Changes, readState } from './catalog-state'
import { readCatalog } from './database'
import type { CommandOutcome } from './earmark'
import type { Ledger } from './kill-ledger'
import { waitUntil } from './processes'
import { listClips, movedClasses, newId, sortClips, soundClasses, type Stage, type StageSize } from './kill-stage'

export interface Run {
  stage: Stage
  ledger: Ledger
  random: Random
  /** Counts up over all runs: for names that nothing has yet. */
  number: number
  /** The open host. @throws Error where the activity is a command's and no host is open */
  host(): Connection
  /** Runs `earmark …`, which is what will be killed. */
  command(args: string[]): Promise<CommandOutcome>
  isOver(): boolean
  /** Says that what may be lost begins now; where nobody says so, it began at once. */
  begin(): void
}

export interface Activity {
  name: string
  size: StageSize
  victim: 'host' | 'command'
  /** It says itself when it begins: a worker has to start first. */
  hasBeginning?: boolean
  /** How long it takes from its beginning, as far as is known beforehand. */
  typicalMs: number
  work(run: Run): Promise<void>
  /** Brings the open catalog back to where it can be compared. */
  settle?(run: Run): Promise<void>
  /** What must be true besides, when the catalog is open again; sentences of what is not. */
  after?(run: Run): Promise<string[]>
  /** What it did is to be undone afterwards, because a second time it would do nothing. */
  isUndone?: boolean
}

async function waitForJob(run: Run, id: string): Promise<void> {
  for (;;) {
    const job = await run.host().client.jobs.get({ id })
    if (job.done > 0) run.begin()
    if (job.status === 'done') return
    if (job.finishedAt !== null) throw new Error(`${job.title}: ${job.error?.message ?? job.status}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)]!

/** Makes random edits one after another, each written into the ledger as soon as it is acknowledged. */
async function editUntil(run: Run, isOver: () => boolean, mayUndo: boolean): Promise<void> {
  const { ledger, random } = run
  const { client } = run.host()
  const classes = await client.ontology.list()
  const { labeled, reviewed } = sortClips(await listClips(client))
  const segments = new Map<string, { id: string; name: string }>()

  const label = async (): Promise<void> => {
    const count = random.integer(12) === 0 ? labeled.length : 1 + random.integer(3)
    const first = random.integer(labeled.length)
    const chosen = [...labeled, ...labeled].slice(first, first + count)
    const wanted = pick(random, soundClasses)
    const target = classes.find(({ name }) => name === wanted)!
    const state = pick(random, ['present', 'absent', 'unknown'] as const)
    const changes = chosen.flatMap(({ name }): Changes => {
      const entry = `label ${name} ${target.name}`
      if (state === 'unknown') return [[entry, null]]
      // Who judges alike what is judged already changes nothing.
      return ledger.get(entry)?.startsWith(state) ? [] : [[entry, `${state} by ana`]]
    })
    const clipIds = chosen.map(({ id }) => id)
    await ledger.edit(changes, () => client.labels.set({ clipIds, classId: target.id, state }))
  }
  const draw = async (): Promise<void> => {
    const clip = pick(random, labeled)
    const target = pick(random, classes)
    const id = newId()
    // In binary fractions, which everybody writes alike.
    const [start, end] = [(1 + random.integer(30)) / 64, (33 + random.integer(30)) / 64]
    const value = JSON.stringify([clip.name, start, end, 'ana', '', JSON.stringify([`${target.name}1`])])
    await ledger.edit([[`segment ${id}`, value]], () =>
      client.annotations.create({ id, clipId: clip.id, startSeconds: start, endSeconds: end, classIds: [target.id] }),
    )
    segments.set(id, clip)
  }
  const changeSegment = async (): Promise<void> => {
    const present = [...segments.keys()].filter((id) => ledger.get(`segment ${id}`) !== undefined)
    if (present.length === 0) return draw()
    const id = pick(random, present)
    const entry = `segment ${id}`
    if (random.integer(3) === 0) return ledger.edit([[entry, null]], () => client.annotations.remove({ ids: [id] }))
    const [clip, start, end, author, , labels] = JSON.parse(ledger.get(entry)!) as unknown[]
    const note = `note ${random.integer(1000)}`
    await ledger.edit([[entry, JSON.stringify([clip, start, end, author, note, labels])]], () =>
      client.annotations.update({ id, note }),
    )
  }
  const review = async (): Promise<void> => {
    const clip = pick(random, reviewed)
    const entry = `clip ${clip.name}`
    const facts = JSON.parse(ledger.get(entry)!) as unknown[]
    const status = pick(random, nextStatuses[facts[3] as ReviewStatus])
    const comment = status === 'returned' ? `comment ${newId()}` : ''
    const changes: Changes = [
      [entry, JSON.stringify([...facts.slice(0, 3), status, ...facts.slice(4)])],
      ...(comment ? [[`comment ${comment}`, clip.name] as const] : []),
    ]
    await ledger.edit(changes, () => client.review.setStatus({ clipIds: [clip.id], status, comment }))
  }
  const name = async (): Promise<void> => {
    const given = `name ${newId()}`
    if (random.integer(2) === 0)
      await ledger.edit([[`class ${given}`, '[]']], () => client.ontology.add({ name: given }))
    else
      await ledger.edit([[`view ${given}`, 'label:hum']], () =>
        client.views.save({
          name: given,
          query: { ...everyClip, labels: [{ name: 'hum', state: 'present', isNegated: false }] },
        }),
      )
  }
  while (!isOver()) {
    // As a window does: pictures are asked for all the while, and nobody waits for them.
    if (random.integer(3) === 0)
      client.media.thumbnail({ clipId: pick(random, [...labeled, ...reviewed]).id }).catch(() => undefined)
    const turn = random.integer(20)
    if (mayUndo && turn < 3 && ledger.depth > 0) await ledger.undo(() => client.history.undo())
    else if (mayUndo && turn < 5 && ledger.redoDepth > 0) await ledger.redo(() => client.history.redo())
    else if (turn < 12) await label()
    else if (turn < 15) await draw()
    else if (turn < 17) await changeSegment()
    else if (turn < 19) await review()
    else await name()
  }
}

/** A part of the edits made while a job runs. */
async function editBeside(run: Run, job: Promise<void>): Promise<void> {
  let isDone = false
  const ended = job.finally(() => (isDone = true))
  await Promise.all([ended, editUntil(run, () => isDone || run.isOver(), false)])
}

function labeling(size: StageSize): Activity {
  return {
    name: `labeling, ${size}`,
    size,
    victim: 'host',
    typicalMs: 1200,
    async work(run) {
      const end = performance.now() + 2000
      await editUntil(run, () => run.isOver() || performance.now() > end, true)
    },
  }
}

function importing(size: StageSize, place: number, name: string, typicalMs: number): Activity {
  return {
    name: `import of ${name}, ${size}`,
    size,
    victim: 'host',
    typicalMs,
    isUndone: true,
    hasBeginning: name === 'sounds',
    async work(run) {
      const { path, format, changes } = run.stage.datasets[place]!
      const offer = run.ledger.offer(changes)
      const { jobId } = await run.host().client.recordings.import({ path, format })
      await editBeside(
        run,
        waitForJob(run, jobId).then(() => void (offer.isCertain = true)),
      )
    },
  }
}

function merging(size: StageSize, typicalMs: number): Activity {
  return {
    name: `merge, ${size}`,
    size,
    victim: 'host',
    typicalMs,
    isUndone: true,
    work: ({ ledger, host, stage }) =>
      ledger.make(stage.mergeChanges, () => host().client.merge.merge({ otherPath: stage.other })),
  }
}

function snapshotting(size: StageSize): Activity {
  return {
    name: `snapshots, ${size}`,
    size,
    victim: 'host',
    typicalMs: size === 'small' ? 300 : 1100,
    async work(run) {
      const { ledger, host, number } = run
      const clips = readCatalog<{ count: number }>(run.stage.catalog, 'SELECT count(*) AS count FROM clips')[0]!.count
      for (let turn = 0; turn < 8 && !run.isOver(); turn++) {
        const end = performance.now() + 30
        await editUntil(run, () => performance.now() > end, false)
        const name = `kill ${number}.${turn}`
        // A snapshot of what one holds already is none.
        await ledger.edit([[`class ${name}`, '[]']], () => host().client.ontology.add({ name }))
        await ledger.make([[`snapshot ${name}`, String(clips)]], () => host().client.snapshots.make({ name }))
      }
    },
  }
}

/** An export takes long enough to be met in the middle; another one than the last, since the catalog has not changed. */
const exportKinds = {
  small: { format: 'folder', encoding: 'flac' },
  packed: { format: 'webdataset', encoding: 'wav16' },
  large: { format: 'audioset-csv', encoding: 'wav16' },
} as const

const exportOptions = (kind: keyof typeof exportKinds) =>
  ({
    sound: kind === 'large' ? 'copy' : 'convert',
    encoding: exportKinds[kind].encoding,
    sampleRateHz: kind === 'large' ? null : 16_000,
    nameTemplate: null,
    unknown: 'keep',
  }) as const

const outOf = ({ stage, number }: Run): string => join(stage.folder, 'out', `export ${number}`)

async function startExport(run: Run, kind: keyof typeof exportKinds): Promise<void> {
  const { format } = exportKinds[kind]
  const { jobId } = await run.host().client.exports.start({
    format,
    out: outOf(run),
    query: { ...everyClip, text: kind === 'large' ? '' : 'base-' },
    options: exportOptions(kind),
    allowsLeaks: true,
  })
  await waitForJob(run, jobId)
}

/** An export is there whole or not; then the same one goes on, or another one begins anew, and nothing else stays. */
async function checkExport(run: Run, kind: keyof typeof exportKinds): Promise<string[]> {
  const out = outOf(run)
  const problems: string[] = []
  if (!existsSync(out)) {
    // Sometimes something has changed since: the part that lies there is of no use any more.
    if (run.random.integer(2) === 0) {
      let turns = 0
      await editUntil(run, () => turns++ > 3, false)
    }
    await startExport(run, kind)
  } else {
    const [job] = await run.host().client.jobs.list()
    if (job?.kind !== 'export' || job.status !== 'done' || job.exportResult?.out !== out)
      problems.push(`the export is complete, and its job is ${job?.status}`)
  }
  for (const line of readFileSync(join(out, 'checksums.sha256'), 'utf8').trim().split('\n')) {
    const [sum, path] = [line.slice(0, 64), line.slice(66)]
    const file = join(out, path)
    if (!existsSync(file)) problems.push(`the export lacks ${path}`)
    else if (createHash('sha256').update(readFileSync(file)).digest('hex') !== sum)
      problems.push(`the export's ${path} has another checksum`)
  }
  JSON.parse(readFileSync(join(out, 'export-report.json'), 'utf8'))
  const beside = (): string[] => readdirSync(dirname(out)).filter((each) => each !== basename(out))
  // It goes when the process that has written is gone, a moment after the job is done.
  await waitUntil(() => beside().length === 0, 5000)
  for (const name of beside()) problems.push(`${name} lies beside the export`)
  if (existsSync(join(out, '.earmark-export.jsonl'))) problems.push('the export keeps its list of finished files')
  rmSync(out, { recursive: true, force: true })
  return problems
}

function exporting(kind: keyof typeof exportKinds): Activity {
  return {
    name: `export, ${kind}`,
    size: kind === 'large' ? 'large' : 'small',
    victim: 'host',
    typicalMs: kind === 'large' ? 700 : 350,
    hasBeginning: kind !== 'large',
    work: (run) => startExport(run, kind),
    after: (run) => checkExport(run, kind),
  }
}

function countUndone({ catalog }: Stage): number {
  const sql = `SELECT count(*) AS count FROM journal WHERE state = 'undone'`
  return readCatalog<{ count: number }>(catalog, sql)[0]!.count
}

/** Goes through the whole history and back, which takes a thread where an import is large. */
function movingHistory(size: StageSize, typicalMs: number): Activity {
  let before = 0
  return {
    name: `undo and redo of imports, ${size}`,
    size,
    victim: 'host',
    typicalMs,
    async work({ stage, ledger, host, isOver }) {
      const { client } = host()
      const undone = (): number => countUndone(stage)
      before = undone()
      let expected = before
      while (!isOver() && (await client.history.undo()).title !== null) {
        expected++
        ledger.acknowledged++
        if (undone() !== expected) throw new Error(`${undone()} entries are undone, and ${expected} were acknowledged`)
      }
      while (!isOver() && undone() > before && (await client.history.redo()).title !== null) ledger.acknowledged++
    },
    async settle({ stage, host }) {
      while (countUndone(stage) > before) await host().client.history.redo()
    },
  }
}

async function checkBackups(run: Run): Promise<string[]> {
  const list = await run.host().client.backups.list({})
  return list.flatMap(({ name, problem }) => (problem === null ? [] : [`copy ${name}: ${problem}`]))
}

const backingUp: Activity = {
  name: 'backups, large',
  size: 'large',
  victim: 'host',
  typicalMs: 900,
  async work(run) {
    for (let turn = 0; turn < 3 && !run.isOver(); turn++) {
      const copying = run.host().client.backups.make()
      await editBeside(
        run,
        copying.then(() => undefined),
      )
    }
  },
  after: checkBackups,
}

const restoring: Activity = {
  name: 'restoring, small',
  size: 'small',
  victim: 'host',
  typicalMs: 150,
  async work(run) {
    const { ledger, stage, host } = run
    const { client } = host()
    const { name } = await client.backups.make()
    const then = readState(stage.catalog)
    let turns = 0
    await editUntil(run, () => run.isOver() || turns++ > 5, false)
    const now = readState(stage.catalog)
    const changes: Changes = [...now].flatMap(([entry]) => (then.has(entry) ? [] : [[entry, null] as const]))
    await ledger.make([...changes, ...then], () => client.backups.restore({ name }))
    const kept = (await client.backups.list({})).find(({ reason }) => reason === 'before-restore')!.name
    const gone: Changes = [...then].flatMap(([entry]) => (now.has(entry) ? [] : [[entry, null] as const]))
    await ledger.make([...gone, ...now], () => client.backups.restore({ name: kept }))
  },
  after: checkBackups,
}

const lookingBack: Activity = {
  name: 'open as of, small',
  size: 'small',
  victim: 'host',
  typicalMs: 260,
  async work({ host, stage, isOver, random }) {
    const { client } = host()
    const { entries } = await client.history.list({ offset: 0, limit: 100 })
    for (let turn = 0; turn < 4 && !isOver(); turn++) {
      await client.history.openAsOf({ entryId: pick(random, entries).id })
      await client.workspace.open({ path: stage.catalog })
    }
  },
}

interface CommandActivity extends Pick<Activity, 'name' | 'size' | 'typicalMs'> {
  changes?(run: Run): Changes
  args(run: Run): string[]
  after?: Activity['after']
  isUndone?: boolean
}

/** A command that was killed had either done all of its work or nothing; that it has ended well is its word for it. */
function commanding({ changes, args, ...rest }: CommandActivity): Activity {
  return {
    ...rest,
    victim: 'command',
    async work(run) {
      const offer = run.ledger.offer(changes?.(run) ?? [])
      const { code, stdout, stderr } = await run.command(args(run))
      if (code === 0) {
        // A snapshot of what one holds already is none.
        offer.isCertain = !/ already\.$/m.test(stdout)
        run.ledger.acknowledged++
      } else if (code !== null) throw new Error(`earmark ${args(run).join(' ')} ended with ${code}: ${stderr}`)
    },
  }
}

const importCommand = (size: StageSize, place: number, typicalMs: number): Activity =>
  commanding({
    name: `earmark import, ${size}`,
    size,
    typicalMs,
    isUndone: true,
    changes: ({ stage }) => stage.datasets[place]!.changes,
    args: ({ stage }) => {
      const { path, format } = stage.datasets[place]!
      return ['import', stage.catalog, path, '--format', format]
    },
  })

const mergeCommand = (size: StageSize, typicalMs: number): Activity =>
  commanding({
    name: `earmark merge, ${size}`,
    size,
    typicalMs,
    isUndone: true,
    changes: ({ stage }) => stage.mergeChanges,
    args: ({ stage }) => ['merge', stage.catalog, stage.other],
  })

/** Labels of many clips change in one edit. */
const remapCommand = (size: StageSize): Activity =>
  commanding({
    name: `earmark ontology remap, ${size}`,
    size,
    typicalMs: 220,
    changes({ ledger }) {
      const [from, to] = movedClasses
      const swap = (name: string, a: string, b: string): Changes[number][] => {
        if (!name.endsWith(` ${a}`)) return []
        return [[`${name.slice(0, -a.length)}${b}`, ledger.get(name)!]]
      }
      const labels = ledger.names('label ')
      const moved = labels.flatMap((name) => [...swap(name, from, to), ...swap(name, to, from)])
      const kept = new Set(moved.map(([name]) => name))
      const gone = labels.filter((name) => movedClasses.some((each) => name.endsWith(` ${each}`)) && !kept.has(name))
      const segments = ledger.names('segment ').flatMap((name): Changes => {
        const value = ledger.get(name)!
        const other = value.includes(`${from}1`)
          ? value.replace(`${from}1`, `${to}1`)
          : value.replace(`${to}1`, `${from}1`)
        return other === value ? [] : [[name, other]]
      })
      return [...gone.map((name) => [name, null] as const), ...moved, ...segments]
    },
    args({ stage }) {
      const file = join(stage.folder, 'remap.csv')
      const [from, to] = movedClasses
      writeFileSync(file, `old,new\n${from},${to}\n${to},${from}\n`)
      return ['ontology', 'remap', stage.catalog, file]
    },
  })

const exportCommand = commanding({
  name: 'earmark export, small',
  size: 'small',
  typicalMs: 900,
  args(run) {
    const { format, encoding } = exportKinds.small
    return [
      ...['export', run.stage.catalog, '--format', format, '--out', outOf(run), '--query', 'base-'],
      ...['--sound', 'convert', '--encoding', encoding, '--rate', '16000', '--allow-leaks'],
    ]
  },
  after: (run) => checkExport(run, 'small'),
})

const snapshotCommand = (size: StageSize): Activity =>
  commanding({
    name: `earmark snapshots make, ${size}`,
    size,
    typicalMs: size === 'small' ? 210 : 500,
    changes: ({ number, ledger }) => [[`snapshot command ${number}`, String(ledger.names('clip ').length)]],
    args: ({ stage, number }) => ['snapshots', 'make', stage.catalog, `command ${number}`],
  })

const backupCommand = commanding({
  name: 'earmark backups make, large',
  size: 'large',
  typicalMs: 600,
  args: ({ stage }) => ['backups', 'make', stage.catalog],
  after: checkBackups,
})

/** A catalog that was being made can be made again, or is one. */
const initCommand = commanding({
  name: 'earmark init',
  size: 'small',
  typicalMs: 200,
  args: ({ stage }) => ['init', join(stage.folder, 'new')],
  async after({ host, stage }) {
    const { client } = host()
    const path = join(stage.folder, 'new')
    await client.workspace.create({ path }).catch((error: { code?: string }) => {
      if (error.code !== 'conflict') throw error
      return client.workspace.open({ path })
    })
    const { problems } = await client.workspace.verify()
    await client.workspace.open({ path: stage.catalog })
    rmSync(path, { recursive: true, force: true })
    return problems
  },
})

/** The five that the work is lost in first, as the window does them and as commands do, then the rest. */
export const activities: readonly Activity[] = [
  labeling('small'),
  labeling('large'),
  importing('small', 0, 'sounds', 250),
  importing('small', 1, 'a list', 170),
  importing('large', 1, 'a list', 500),
  merging('small', 70),
  merging('large', 700),
  snapshotting('small'),
  snapshotting('large'),
  exporting('small'),
  exporting('packed'),
  exporting('large'),
  importCommand('small', 0, 430),
  importCommand('large', 1, 700),
  mergeCommand('small', 280),
  mergeCommand('large', 950),
  snapshotCommand('small'),
  snapshotCommand('large'),
  exportCommand,
  remapCommand('small'),
  remapCommand('large'),
  movingHistory('small', 60),
  movingHistory('large', 450),
  backingUp,
  backupCommand,
  restoring,
  lookingBack,
  initCommand,
]
