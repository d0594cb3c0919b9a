import { toDrafts } from '../../../shared/job/named-drafts'
import type { AnnotationDraft, ClipDraft, ImportIssue } from '../../../shared/job/worker-event'
import { readAliases, type InteractionRows } from '../../../shared/job/interaction-rows'
import type { ImportPlan } from '../../importers/import-plan'

/** Longer than this is no message for a person. */
const longestReason = 1000
/** As long as paths of a listing are at most, and a little more. */
const longestFile = 1300

function fail(path: string, what: string): never {
  throw new Error(`${path.slice(0, 200)}: ${what}`)
}

/**
 * Holds a plan against what every plan must be: recordings of the listing or with a relative path, each once; labels of
 * declared classes, each once; spans, bounds and scores that are numbers in order; messages that can be read. Reads
 * all of `named`.
 * @returns how many recordings the plan has
 * @throws Error saying what is unsound
 */
export async function checkPlan(plan: ImportPlan, listing: readonly string[]): Promise<number> {
  const known = new Set(listing)
  const classes = new Set(plan.classes.map(({ name }) => name))
  if (classes.size !== plan.classes.length) throw new Error('a class stands twice')
  for (const name of classes) checkText('classes', name, 'a class’s name')
  for (const { path, row, clips } of plan.recordings) {
    if (!known.has(path)) fail(path, 'it is not of the listing')
    if (row !== null && !(Number.isInteger(row) && row >= 1)) fail(path, `its row is ${row}`)
    for (const clip of clips) checkClip(path, clip, classes)
  }
  const absent = plan.withoutSound ?? []
  const paths = [...plan.recordings, ...absent].map(({ path }) => path)
  if (new Set(paths).size !== paths.length) throw new Error('a recording stands twice')
  for (const { path, clips, durationSeconds } of absent) {
    checkPath(path)
    if (durationSeconds !== null && !(durationSeconds > 0 && durationSeconds < Infinity)) fail(path, 'it has no length')
    for (const clip of clips) {
      checkClip(path, clip, classes)
      if (clip.endSeconds === null && durationSeconds === null) fail(path, 'nobody knows where its clip ends')
    }
  }
  plan.issues.forEach(checkIssue)
  let count = paths.length
  for await (const { rows, planned, issues } of plan.named ?? []) {
    issues.forEach(checkIssue)
    const drafts = toDrafts(rows)
    for (const { path, clips } of drafts) {
      checkPath(path)
      for (const clip of clips) checkClip(path, clip, null)
    }
    for (const { path, clips } of planned) {
      if (!known.has(path)) fail(path, 'it is not of the listing')
      for (const clip of clips) checkClip(path, clip, null)
    }
    count += drafts.length + planned.length
  }
  for await (const { rows, issues } of plan.interactions ?? []) {
    issues.forEach(checkIssue)
    checkInteractions(rows)
    count += rows.counts.length
  }
  return count
}

function checkInteractions(rows: InteractionRows): void {
  const { file, users, items, userPlaces, itemPlaces, counts, lines } = rows
  for (const pair of readAliases(rows)) {
    if (pair.length !== 2) fail(file, 'an alias of no item')
    for (const name of pair) checkInteractionName(file, name)
  }
  const pairs = new Set(Array.from(userPlaces, (place, row) => `${place} ${itemPlaces[row]}`))
  if (pairs.size !== counts.length) fail(file, 'a pair stands twice')
  for (const [names, places] of [
    [users.split('\n'), userPlaces],
    [items.split('\n'), itemPlaces],
  ] as const) {
    if (new Set(names).size !== names.length) fail(file, 'a name stands twice')
    for (const name of counts.length > 0 ? names : []) checkInteractionName(file, name)
    if (places.some((place) => place >= names.length)) fail(file, 'a row names nobody')
  }
  if (counts.some((value) => value < 1 || value >= 2 ** 31)) fail(file, 'a count is none')
  if (lines.some((line, row) => line < 1 || (row > 0 && line <= lines[row - 1]!))) fail(file, 'rows are not in order')
}

function checkInteractionName(file: string, name: string): void {
  if (name === '' || name.length > 200 || /\p{Cc}/u.test(name)) fail(file, `“${name.slice(0, 100)}” is no name`)
  checkText(file, name, 'a name')
}

function checkIssue({ reason, file, row }: ImportIssue): void {
  if (reason === '' || file === '') throw new Error('an issue says nothing')
  if (file.length > longestFile) fail(file, `an issue of a file of ${file.length} characters`)
  if (reason.length > longestReason) fail(file, `an issue of ${reason.length} characters`)
  if (row !== null && !(Number.isInteger(row) && row >= 1)) fail(file, `an issue of row ${row}`)
}

/** A path that stays in the dataset’s folder and on one line. */
function checkPath(path: string): void {
  if (path === '' || /^\/|^[a-z]:|(^|\/)\.\.?(\/|$)|[\r\n\\\0]/i.test(path)) fail(path, 'this is no relative path')
  checkText(path, path, 'its path')
}

/** Text as a database holds it: half a character would come back as another. */
function checkText(path: string, text: unknown, what: string): void {
  if (typeof text !== 'string') fail(path, `${what} is ${typeof text}`)
  if (!text.isWellFormed()) fail(path, `${what} has half a character`)
}

function checkClip(path: string, clip: ClipDraft, classes: ReadonlySet<string> | null): void {
  const { startSeconds, endSeconds, labels, annotations = [], embeddings = [] } = clip
  if (!(startSeconds >= 0 && startSeconds < Infinity)) fail(path, `a clip begins at ${startSeconds}`)
  if (endSeconds !== null && !(endSeconds > startSeconds && endSeconds < Infinity))
    fail(path, `a clip from ${startSeconds} to ${endSeconds}`)
  checkLabels(path, labels, classes)
  for (const [what, text] of Object.entries({ fold: clip.fold, group: clip.group, note: clip.note }))
    if (text !== null && text !== undefined) checkText(path, text, `its ${what}`)
  for (const [name, text] of Object.entries(clip.source)) {
    checkText(path, name, 'a name of metadata')
    checkText(path, text, 'metadata')
  }
  for (const annotation of annotations) checkAnnotation(path, annotation, classes)
  for (const { frames, dimensions, dtype, data } of embeddings)
    if (!(frames > 0 && frames * dimensions * (dtype === 'float32' ? 4 : 1) === data.length))
      fail(path, `features of ${frames} × ${dimensions} in ${data.length} bytes`)
}

function checkAnnotation(path: string, annotation: AnnotationDraft, classes: ReadonlySet<string> | null): void {
  const { startSeconds, endSeconds, lowHz, highHz, score, tier, author, note } = annotation
  if (!(startSeconds >= 0 && endSeconds > startSeconds && endSeconds < Infinity)) fail(path, 'a bad span')
  for (const bound of [lowHz, highHz])
    if (bound !== null && !(bound >= 0 && bound < Infinity)) fail(path, 'a bad bound')
  if (lowHz !== null && highHz !== null && !(highHz > lowHz)) fail(path, 'bad bounds')
  if (score !== null && !(score >= 0 && score <= 1)) fail(path, 'a bad score')
  if (tier === '') fail(path, 'a tier without a name')
  checkText(path, tier, 'a tier')
  checkText(path, note, 'a note')
  if (author !== null) checkText(path, author, 'an author')
  checkLabels(path, annotation.labels, classes)
}

function checkLabels(path: string, labels: ClipDraft['labels'], classes: ReadonlySet<string> | null): void {
  const names = new Set<string>()
  for (const { className } of labels) {
    if (className === '') fail(path, 'a label without a name')
    checkText(path, className, 'a label')
    if (names.has(className)) fail(path, `the label ${className} twice`)
    if (classes && !classes.has(className)) fail(path, `the undeclared class ${className}`)
    names.add(className)
  }
}
