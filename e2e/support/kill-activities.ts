/** What is under way when a process is killed: each works until it is done or the process is gone. */
import { type Changes, readState } from './catalog-state'
import { readCatalog } from './database'
import {
  backupCommand,
  exportCommand,
  importCommand,
  initCommand,
  mergeCommand,
  remapCommand,
  snapshotCommand,
} from './kill-commands'
import { editAllUntil, editBeside, editUntil } from './kill-edits'
import { exporting } from './kill-exports'
import { type Activity, checkBackups, pick, waitForJob } from './kill-run'
import { mergeInto, type Stage, type StageSize } from './kill-stage'

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

const editingAll: Activity = {
  name: 'edits of all clips, large',
  size: 'large',
  victim: 'host',
  typicalMs: 1500,
  async work(run) {
    const end = performance.now() + 2500
    await editAllUntil(run, () => run.isOver() || performance.now() > end)
  },
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
    work: ({ ledger, host, stage }) => ledger.make(stage.mergeChanges, () => mergeInto(host().client, stage.other)),
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

/** The five that the work is lost in first, as the window does them and as commands do, then the rest. */
export const activities: readonly Activity[] = [
  labeling('small'),
  labeling('large'),
  editingAll,
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
