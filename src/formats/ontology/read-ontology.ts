import { AppError } from '../../shared/errors'
import { sortClasses } from '../../shared/ontology/class-graph'
import { parseJson } from '../importers/json-value'
import { quote, shorten } from '../importers/quote'
import { readCsv } from '../importers/read-csv'

/** A class as a file describes it; `parentIds` are `id`s of the same file. */
export interface OntologyDraft {
  id: string
  name: string
  code: number | null
  mid: string | null
  description: string
  synonyms: string[]
  isAbstract: boolean
  isBlacklisted: boolean
  parentIds: string[]
}

/**
 * Reads an ontology: AudioSet's JSON, or a list of classes with one `name[,code[,mid]]` a line.
 * @param file the name of the file, for its kind and for messages
 * @throws AppError 'bad-file', which names the class; nothing is returned of a file with a fault
 */
export function readOntology(file: string, text: string): OntologyDraft[] {
  const source = text.replace(/^\uFEFF/, '')
  const drafts =
    /^\s*\[/.test(source) && !/\.(csv|tsv|txt)$/i.test(file) ? readJson(file, source) : readList(file, source)
  if (drafts.length === 0) throw new AppError('bad-file', `${file} names no class.`)
  refuseTwins(file, drafts, (draft) => draft.name.toLowerCase(), 'name')
  refuseTwins(file, drafts, (draft) => draft.mid, 'MID')
  return drafts
}

function refuseTwins(
  file: string,
  drafts: OntologyDraft[],
  keyOf: (draft: OntologyDraft) => string | null,
  what: string,
): void {
  const seen = new Map<string, OntologyDraft>()
  for (const draft of drafts) {
    const key = keyOf(draft)
    if (key === null) continue
    const twin = seen.get(key)
    if (twin)
      throw new AppError(
        'bad-file',
        `${file}: the ${what} ${quote(key)} is there twice (${quote(twin.name)}, ${quote(draft.name)}).`,
        {
          hint: 'Remove one of them; nothing was imported.',
        },
      )
    seen.set(key, draft)
  }
}

type Entry = Record<string, unknown>

const describe = ({ name, id }: OntologyDraft): string => `${quote(name)} (${shorten(id, 100)})`

function readJson(file: string, source: string): OntologyDraft[] {
  const list = parseJson(source, file) as unknown[]
  const drafts = list.map((entry, index) => readEntry(file, entry, index))
  refuseTwins(file, drafts, (draft) => draft.id, 'id')
  const byId = new Map(drafts.map((draft) => [draft.id, draft]))
  for (const [index, entry] of list.entries()) {
    const parent = drafts[index]!
    for (const childId of new Set(stringsOf(file, parent.id, entry as Entry, 'child_ids'))) {
      const child = byId.get(childId)
      if (!child)
        throw new AppError(
          'bad-file',
          `${file}: ${describe(parent)} has the child ${shorten(childId, 100)}, which is not there.`,
          {
            hint: 'Add that class or take the child away; nothing was imported.',
          },
        )
      child.parentIds.push(parent.id)
    }
  }
  try {
    sortClasses(drafts, describe)
  } catch (cause) {
    throw new AppError('bad-file', `${file}: ${(cause as AppError).message}`, {
      hint: 'Nothing was imported.',
      cause,
    })
  }
  return drafts
}

function readEntry(file: string, entry: unknown, index: number): OntologyDraft {
  const place = `${file}, entry ${index + 1}`
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw new AppError('bad-file', `${place} is not an object.`)
  const { id, name, description } = entry as Entry
  if (typeof id !== 'string' || id === '') throw new AppError('bad-file', `${place} has no id.`)
  if (typeof name !== 'string' || name.trim() === '' || name.length > 200)
    throw new AppError('bad-file', `${place} (${shorten(id, 100)}) has no name of 1 to 200 characters.`)
  const restrictions = stringsOf(file, id, entry as Entry, 'restrictions')
  return {
    id,
    name: name.trim(),
    code: null,
    mid: id,
    description: typeof description === 'string' ? shorten(description, 10_000) : '',
    synonyms: splitNames(name.trim()),
    isAbstract: restrictions.includes('abstract'),
    isBlacklisted: restrictions.includes('blacklist'),
    parentIds: [],
  }
}

function stringsOf(file: string, id: string, entry: Entry, member: string): string[] {
  const value = entry[member] ?? []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new AppError('bad-file', `${file}: ${member} of ${shorten(id, 100)} is not a list of texts.`)
  return value
}

/** AudioSet writes several names into one, as “Hubbub, speech noise, speech babble”; commas in brackets separate none. */
function splitNames(name: string): string[] {
  const parts = name.split(/,(?![^(]*\))/).map((part) => part.trim())
  return parts.length === 1 ? [] : parts.filter((part) => part !== '')
}

function readList(file: string, source: string): OntologyDraft[] {
  const drafts: OntologyDraft[] = []
  const { header, rows, unreadable } = readCsv(source)
  for (const { row, reason } of unreadable) throw new AppError('bad-file', `${file}, line ${row}: ${reason}.`)
  for (const { row: line, fields } of header === null ? rows : [header, ...rows]) {
    const [name = '', code = '', mid = ''] = fields.map((field) => field.trim())
    if (drafts.length === 0 && name.toLowerCase() === 'name') continue
    if (name === '' && code === '' && mid === '') continue
    if (name === '' || name.length > 200)
      throw new AppError('bad-file', `${file}, line ${line}: there is no name of 1 to 200 characters.`)
    if (code !== '' && !/^\d{1,9}$/.test(code))
      throw new AppError(
        'bad-file',
        `${file}, line ${line}: the code ${quote(code)} of ${quote(name)} is no whole number.`,
      )
    drafts.push({
      id: name,
      name,
      code: code === '' ? null : Number(code),
      mid: mid === '' ? null : mid,
      description: '',
      synonyms: [],
      isAbstract: false,
      isBlacklisted: false,
      parentIds: [],
    })
  }
  return drafts
}
