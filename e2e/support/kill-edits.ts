/** Edits as a person makes them, by chance, each held against the ledger. */
import { everyClip } from '../../src/shared/contract/clip-query'
import { nextStatuses, type ReviewStatus } from '../../src/shared/contract/review'
import type { Changes } from './catalog-state'
import { pick, type Run } from './kill-run'
import { listClips, newId, sortClips, soundClasses } from './kill-stage'

/** Makes random edits one after another, each written into the ledger as soon as it is acknowledged. */
export async function editUntil(
  run: Pick<Run, 'ledger' | 'random' | 'host'>,
  isOver: () => boolean,
  mayUndo: boolean,
): Promise<void> {
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

/** Makes edits of all clips at once, which a thread makes where there are many, and undoes some. */
export async function editAllUntil(
  { ledger, random, host }: Pick<Run, 'ledger' | 'random' | 'host'>,
  isOver: () => boolean,
): Promise<void> {
  const { client } = host()
  const classes = await client.ontology.list()
  const clips = ledger.names('clip ').map((entry) => entry.slice('clip '.length))
  const changeFacts = (clip: string, place: number, value: unknown): Changes[number] => {
    const facts = JSON.parse(ledger.get(`clip ${clip}`)!) as unknown[]
    return [`clip ${clip}`, JSON.stringify(facts.with(place, value))]
  }
  const isAccepted = (clip: string): boolean => (JSON.parse(ledger.get(`clip ${clip}`)!) as unknown[])[3] === 'accepted'
  const label = async (): Promise<void> => {
    const wanted = pick(random, soundClasses)
    const state = pick(random, ['present', 'absent', 'unknown'] as const)
    const changes = clips.flatMap((clip): Changes => {
      const entry = `label ${clip} ${wanted}`
      const own = ledger.get(entry)
      if (state === 'unknown' ? own === undefined : own?.startsWith(state)) return []
      const value = state === 'unknown' ? null : `${state} by ana`
      return [[entry, value], ...(isAccepted(clip) ? [changeFacts(clip, 3, 'done')] : [])]
    })
    const { id: classId } = classes.find(({ name }) => name === wanted)!
    await ledger.edit(changes, () => client.labels.set({ query: everyClip, classId, state }))
  }
  const mark = async (): Promise<void> => {
    const isFullyAnnotated = random.integer(2) === 0
    const changes = clips.map((clip) => changeFacts(clip, 4, Number(isFullyAnnotated)))
    await ledger.edit(changes, () => client.labels.setFullyAnnotated({ query: everyClip, isFullyAnnotated }))
  }
  while (!isOver()) {
    const turn = random.integer(4)
    if (turn === 0 && ledger.depth > 0) await ledger.undo(() => client.history.undo())
    else if (turn === 1) await mark()
    else await label()
  }
}

/** A part of the edits made while a job runs. */
export async function editBeside(run: Run, job: Promise<void>): Promise<void> {
  let isDone = false
  const ended = job.finally(() => (isDone = true))
  await Promise.all([ended, editUntil(run, () => isDone || run.isOver(), false)])
}
