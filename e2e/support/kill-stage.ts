/** The catalogs that are killed at: made once, copied anew from time to time, with what an activity brings in. */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { v7 as createId } from 'uuid'
import { Random } from '../../src/dsp/random'
import { encodeWav } from '../../src/formats/audio/encode-wav'
import { everyClip } from '../../src/shared/contract/clip-query'
import type { Client } from '../../src/shared/contract/contract'
import { type Changes, diffStates, readState } from './catalog-state'
import { type HeadlessHost, launchHeadless } from './launch-headless'
import { connectToHost } from './rpc'

/** 'small' has sound; 'large' is beyond what is done without threads: listing, undoing, snapshots. */
export type StageSize = 'small' | 'large'

export interface Dataset {
  path: string
  format: string
  /** What importing it changes in a catalog that has not got it. */
  changes: Changes
}

export interface Stage {
  size: StageSize
  folder: string
  /** The catalog that is killed at. */
  catalog: string
  /** As it is when it is copied anew. */
  template: string
  /** Another person's copy, which has gone on by itself. */
  other: string
  mergeChanges: Changes
  datasets: Dataset[]
  /** Environment of every process: folders of their own, in which nothing may be left. */
  env: Record<string, string>
  userFolder: string
  tempFolder: string
}

export const soundClasses = ['bell', 'click', 'hum', 'noise', 'siren', 'tone']
/** A class whose labels are moved to another and back. */
export const movedClasses = ['buzz', 'whirr'] as const
const largeRows = 20_500

/** Short sounds in a folder for each class. */
function writeSounds(folder: string, name: string, perClass: number, random: Random): void {
  for (const className of soundClasses) {
    mkdirSync(join(folder, className), { recursive: true })
    for (let index = 0; index < perClass; index++) {
      const samples = Float32Array.from({ length: 8000 }, () => 0.3 * random.normal())
      writeFileSync(join(folder, className, `${name}-${className}-${index}.wav`), encodeWav([samples], 8000))
    }
  }
}

/** A list of segments in AudioSet's layout, of recordings that nobody has. */
export function writeSegments(folder: string, count: number, random: Random): void {
  mkdirSync(folder, { recursive: true })
  const classes = Array.from({ length: 40 }, (_, index) => ({ mid: `/m/0k${index}`, name: `Sound ${index}` }))
  writeFileSync(
    join(folder, 'class_labels_indices.csv'),
    `index,mid,display_name\n${classes.map(({ mid, name }, index) => `${index},${mid},"${name}"\n`).join('')}`,
  )
  const id = (): string => Array.from({ length: 11 }, () => 'ABCDEFGHIJKLMNOP'[random.integer(16)]).join('')
  const rows = Array.from({ length: count }, () => {
    const labels = [random.integer(20), 20 + random.integer(20)].map((place) => classes[place]!.mid)
    const start = random.integer(50)
    return `${id()}, ${start}.000, ${start + 10}.000, "${labels.join(',')}"\n`
  })
  writeFileSync(
    join(folder, 'eval_segments.csv'),
    `# Segments csv\n# num_segs=${count}\n# YTID, start_seconds, end_seconds, positive_labels\n${rows.join('')}`,
  )
}

/** Merges another catalog into the open one, and waits for the end. */
export async function mergeInto(client: Client, otherPath: string): Promise<void> {
  const { id } = await client.merge.start({ otherPath })
  await client.merge.report({ jobId: id })
}

async function importInto(client: Client, { path, format }: { path: string; format: string }): Promise<void> {
  const { jobId } = await client.recordings.import({ path, format })
  for (;;) {
    const job = await client.jobs.get({ id: jobId })
    if (job.status === 'done') return
    if (job.finishedAt !== null) throw new Error(`${path}: ${job.error?.message ?? job.status}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Clips of an activity's own kind, so that what it does is foretold without what others have done. */
export async function listClips(client: Client): Promise<{ id: string; name: string }[]> {
  const { rows } = await client.clips.list({ query: { ...everyClip, text: 'base-' }, offset: 0, limit: 1000 })
  return rows.map(({ id, recordingPath, startSeconds, endSeconds }) => ({
    id,
    name: `${recordingPath}@${startSeconds.toFixed(1)}-${endSeconds.toFixed(1)}`,
  }))
}

/** Those that edits of a killed process touch, those whose review they move on, and those that the other person has. */
export function sortClips<T>(clips: T[]): { labeled: T[]; reviewed: T[]; others: T[] } {
  const pick = (rest: number): T[] => clips.filter((_clip, index) => index % 3 === rest)
  return { labeled: pick(0), reviewed: pick(1), others: pick(2) }
}

export function launchOn(stage: Stage, catalog: string | undefined): Promise<HeadlessHost> {
  return launchHeadless({ ...(catalog ? { catalog } : {}), userFolder: stage.userFolder, env: stage.env })
}

/** Copies the template anew. */
export function resetStage(stage: Stage): void {
  rmSync(stage.catalog, { recursive: true, force: true })
  cpSync(stage.template, stage.catalog, { recursive: true })
}

export async function buildStage(folder: string, size: StageSize, seed: number): Promise<Stage> {
  const random = new Random(seed, `stage ${size}`)
  const place = (name: string): string => join(folder, size, name)
  const stage: Stage = {
    size,
    folder: place('.'),
    catalog: place('catalog'),
    template: place('template'),
    other: place('other'),
    mergeChanges: [],
    datasets: [],
    env: { TMPDIR: place('tmp'), EARMARK_USER_FOLDER: place('user') },
    userFolder: place('user'),
    tempFolder: place('tmp'),
  }
  for (const name of ['tmp', 'user', 'out']) mkdirSync(place(name), { recursive: true })
  writeSounds(place('sounds'), 'base', 20, random)
  writeSounds(place('more sounds'), 'more', 60, random)
  writeSegments(place('more segments'), size === 'large' ? 30_000 : 1500, random)
  writeSegments(place('their segments'), size === 'large' ? 4000 : 300, random)
  const datasets = [
    { path: place('more sounds'), format: 'folder' },
    { path: place('more segments'), format: 'audioset-csv' },
  ]

  const host = await launchOn(stage, undefined)
  const { client } = await connectToHost(host.url)
  await client.workspace.setAuthor({ author: 'ana' })
  await client.workspace.create({ path: stage.template })
  await importInto(client, { path: place('sounds'), format: 'folder' })
  if (size === 'large') {
    writeSegments(place('segments'), largeRows, random)
    await importInto(client, { path: place('segments'), format: 'audioset-csv' })
  }
  const { labeled, reviewed, others } = sortClips(await listClips(client))
  const moved = await client.ontology.add({ name: movedClasses[0] })
  await client.ontology.add({ name: movedClasses[1] })
  await client.labels.set({ clipIds: reviewed.map(({ id }) => id), classId: moved.id, state: 'present' })
  for (const { id } of labeled.slice(0, 10))
    await client.annotations.create({ clipId: id, startSeconds: 0.1, endSeconds: 0.4, classIds: [moved.id] })
  await client.workspace.close()
  cpSync(stage.template, stage.other, { recursive: true })

  // Both have gone on: where they differ there will be conflicts.
  const disputed = others.slice(0, 6).map(({ id }) => id)
  await client.workspace.open({ path: stage.template })
  await client.labels.set({ clipIds: disputed, classId: moved.id, state: 'absent' })
  await client.workspace.close()
  await client.workspace.setAuthor({ author: 'ben' })
  await client.workspace.open({ path: stage.other })
  await client.labels.set({ clipIds: others.map(({ id }) => id), classId: moved.id, state: 'present' })
  const owl = await client.ontology.add({ name: 'owl', parentIds: [moved.id] })
  for (const { id } of others) {
    await client.annotations.create({ clipId: id, startSeconds: 0.2, endSeconds: 0.5, classIds: [owl.id] })
    await client.labels.set({ clipIds: [id], classId: owl.id, state: 'absent' })
  }
  await client.review.setStatus({ clipIds: others.map(({ id }) => id), status: 'done' })
  await importInto(client, { path: place('their segments'), format: 'audioset-csv' })
  await client.workspace.close()
  await client.workspace.setAuthor({ author: 'ana' })

  const before = readState(stage.template)
  const foretell = async (work: () => Promise<unknown>): Promise<Changes> => {
    resetStage(stage)
    await client.workspace.open({ path: stage.catalog })
    await work()
    const changes = diffStates(before, readState(stage.catalog))
    await client.workspace.close()
    return changes
  }
  stage.mergeChanges = await foretell(() => mergeInto(client, stage.other))
  for (const dataset of datasets)
    stage.datasets.push({ ...dataset, changes: await foretell(() => importInto(client, dataset)) })
  await host.close()
  resetStage(stage)
  return stage
}

/** Every file of the stage's own folders that has no business there once nothing runs. */
export function findOrphans(stage: Stage, runIds: string[]): string[] {
  const list = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  const isOfCatalog = (path: string): boolean =>
    /^earmark\.db(-wal|-shm)?$/.test(path) ||
    /^backups\/earmark-\d{8}T\d{6}(-(by-hand|before-restore))?-[0-9a-f]{16}\.db$/.test(path) ||
    /^cache\/[0-9a-f]{2}\/[0-9a-f]{62}$/.test(path) ||
    runIds.some((id) => dirname(path).startsWith(join('runs', id)))
  return [
    ...list(stage.catalog).filter((path) => !isOfCatalog(path)),
    ...list(stage.userFolder).filter((path) => path !== 'settings.json'),
    ...readdirSync(stage.tempFolder),
  ]
}

/** An id as a window gives it to a segment that it draws. */
export const newId = (): string => createId()
