import { join } from 'node:path'
import { type ClipChoice, mostChosen } from '../../shared/contract/clip-choice'
import type { ClipQuery } from '../../shared/contract/clip-query'
import type { CommandResult } from '../../shared/contract/labels'
import { type ReviewStatus, reviewStatusSchema } from '../../shared/contract/review'
import {
  type BulkEdit,
  type BulkResult,
  type ClipEdit,
  moveByOntology,
  type OntologyEdit,
} from './catalog/bulk/bulk-edit'
import { databaseName } from './catalog/catalog-folder'
import { runTask } from './catalog/catalog-task'
import { countClips, listClipIds } from './catalog/clips'
import { countNoun } from './catalog/labels'
import { sayMetadata } from './catalog/metadata'
import { measureMove } from './catalog/move-labels'
import { findNamedClass } from './catalog/ontology'
import type { Recorder } from './catalog/recorder'
import { readStanding } from './catalog/review'
import type { Workspace } from './workspace'

/** Up to here an edit is made at once, within a blink; of more rows it is a job. */
const mostAtOnce = 5000

/** A job that is the only writer cannot begin beside others that write: then more is made at once, which takes seconds. */
const mostNow = ({ catalog }: Workspace): number => (catalog.queue.titles().length > 0 ? mostChosen : mostAtOnce)

/** Edits the clips that somebody chose. @param work makes it of few clips */
export async function editClips(
  workspace: Workspace,
  edit: ClipEdit,
  author: string,
  work: (recorder: Recorder, clipIds: string[]) => CommandResult,
): Promise<CommandResult> {
  const { clipIds, query, exceptIds = [] } = edit.input
  const count = await countChosen(workspace, edit.input)
  if (count > mostNow(workspace))
    return workspace.editMany(edit, author, {
      title: nameEdit(edit, count),
      isSmall: false,
    })
  const found = clipIds ?? (await listIds(workspace, query!))
  const left = new Set(exceptIds)
  return workspace.edit(edit.kind, author, (recorder) =>
    work(
      recorder,
      found.filter((id) => !left.has(id)),
    ),
  )
}

/** What the job is called; what it did is said when it is done. */
function nameEdit({ kind, input }: ClipEdit, count: number): string {
  const clips = countNoun(count, 'clip')
  switch (kind) {
    case 'labels.set':
      return `Label ${clips}`
    case 'labels.correct':
      return `Correct ${clips}`
    case 'labels.complete':
      return `Mark ${clips} as ${input.isFullyAnnotated ? 'fully' : 'partly'} annotated`
    case 'review.setStatus':
      return `Mark ${clips} as ${input.status}`
    case 'metadata.set':
      return sayMetadata(input.name, input.value, count)
  }
}

/** Moves labels by an edit of the ontology, or only counts what it would move. */
export async function editOntology<E extends OntologyEdit>(
  workspace: Workspace,
  edit: E,
  author: string,
  isDryRun: boolean,
): Promise<BulkResult<E>> {
  const { database, path } = workspace.catalog
  const most = isDryRun ? mostAtOnce : mostNow(workspace)
  const isLarge = measureMove(database, listMovedClasses(workspace, edit), most + 1) > most
  if (isLarge && isDryRun)
    return (await runTask({ kind: 'count-edit', file: join(path, databaseName), edit })) as BulkResult<E>
  if (isDryRun) return moveByOntology(database, null, edit)
  const how = { title: ontologyTitles[edit.kind], isSmall: !isLarge }
  return (await workspace.editMany<OntologyEdit>(edit, author, how)) as BulkResult<E>
}

const ontologyTitles: Record<OntologyEdit['kind'], string> = {
  'ontology.merge': 'Merge classes',
  'ontology.split': 'Split a class',
  'ontology.remap': 'Remap classes',
}

/** Their keys; classes that are not there are complained of by the edit itself. */
function listMovedClasses({ database }: Workspace, edit: OntologyEdit): number[] {
  if (edit.kind === 'ontology.remap')
    return edit.input.pairs.flatMap(({ from }) => findNamedClass(database, from)?.key ?? [])
  const id = edit.kind === 'ontology.merge' ? edit.input.fromId : edit.input.id
  return database.pluck<number>('SELECT key FROM ontology_classes WHERE id = ?', id)
}

/** Keeps what a pattern of file names finds. */
export async function editByPattern(
  workspace: Workspace,
  edit: BulkEdit & { kind: 'metadata.pattern' },
  author: string,
): Promise<CommandResult> {
  const count = await countChosen(workspace, edit.input)
  const title = `Read the names of ${countNoun(count, 'clip')}`
  return workspace.editMany(edit, author, { title, isSmall: count <= mostNow(workspace) })
}

/** Where the chosen clips stand, and of a single one its comments. */
export async function standingOf(
  workspace: Workspace,
  { clipIds, query, exceptIds = [] }: ClipChoice,
): Promise<ReturnType<typeof readStanding>> {
  if (clipIds !== undefined) return readStanding(workspace.database, clipIds)
  const standing = readStanding(workspace.database, exceptIds)
  const count = async (status: ReviewStatus): Promise<void> => {
    const isAsked = query!.statuses.length === 0 || query!.statuses.includes(status)
    const total = isAsked ? await countQuery(workspace, { ...query!, statuses: [status] }) : 0
    standing.counts[status] = Math.max(0, total - standing.counts[status])
  }
  for (const status of reviewStatusSchema.options) await count(status)
  return standing
}

/** How many clips are chosen; of a large catalog a thread counts. */
export async function countChosen(
  workspace: Workspace,
  { clipIds, query, exceptIds = [] }: ClipChoice,
): Promise<number> {
  if (clipIds !== undefined) return clipIds.length
  return Math.max(0, (await countQuery(workspace, query!)) - exceptIds.length)
}

/** A command asks once, and has no columns in memory that would answer sooner than SQL. */
const isAskedOnce = ({ options }: Workspace): boolean => options.kind === 'cli'

async function countQuery(workspace: Workspace, query: ClipQuery): Promise<number> {
  if (isAskedOnce(workspace)) return countClips(workspace.database, query)
  return (await workspace.catalog.reader.ask({ kind: 'page', query, offset: 0, limit: 1 })).total
}

async function listIds(workspace: Workspace, query: ClipQuery): Promise<string[]> {
  if (isAskedOnce(workspace)) return listClipIds(workspace.database, query)
  return workspace.catalog.reader.ask({ kind: 'ids', query, offset: 0, limit: null })
}

/** Whether a thread should do what is only looked at. */
export const isMany = (clips: number): boolean => clips > mostAtOnce
