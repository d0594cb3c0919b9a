/** Commands that are killed. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Changes } from './catalog-state'
import { checkExport, exportKinds, outOf } from './kill-exports'
import { type Activity, checkBackups, type Run } from './kill-run'
import { movedClasses, type StageSize } from './kill-stage'

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

export const importCommand = (size: StageSize, place: number, typicalMs: number): Activity =>
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

export const mergeCommand = (size: StageSize, typicalMs: number): Activity =>
  commanding({
    name: `earmark merge, ${size}`,
    size,
    typicalMs,
    isUndone: true,
    changes: ({ stage }) => stage.mergeChanges,
    args: ({ stage }) => ['merge', stage.catalog, stage.other],
  })

/** Labels of many clips change in one edit. */
export const remapCommand = (size: StageSize): Activity =>
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

export const exportCommand = commanding({
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

export const snapshotCommand = (size: StageSize): Activity =>
  commanding({
    name: `earmark snapshots make, ${size}`,
    size,
    typicalMs: size === 'small' ? 210 : 500,
    changes: ({ number, ledger }) => [[`snapshot command ${number}`, String(ledger.names('clip ').length)]],
    args: ({ stage, number }) => ['snapshots', 'make', stage.catalog, `command ${number}`],
  })

export const backupCommand = commanding({
  name: 'earmark backups make, large',
  size: 'large',
  typicalMs: 600,
  args: ({ stage }) => ['backups', 'make', stage.catalog],
  after: checkBackups,
})

/** A catalog that was being made can be made again, or is one. */
export const initCommand = commanding({
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
