import { AppError } from '../../shared/errors'
import type { ImportIssue } from '../../shared/job/worker-event'
import type { DatasetFolder } from './import-plan'
import { isObject, parseJson } from './json-value'
import { quote } from './quote'
import { decodeText } from './read-csv'

/** What `FSD50K.metadata/` knows of the clips, by Freesound id. */
export interface ClipInfo {
  licence: string | null
  uploader: string | null
  title: string | null
}

/** The votes on one class: 1 present and predominant, 0.5 present, 0 unsure, -1 not present. */
export type Ratings = Map<string, number[]>

async function readJsonObject(folder: DatasetFolder, path: string): Promise<[string, unknown][]> {
  const json = parseJson(decodeText(await folder.readBytes(path), path), path)
  if (!isObject(json))
    throw new AppError('bad-file', `${path} is not a JSON object by clip.`, { hint: 'Take the original file.' })
  return Object.entries(json)
}

function givenText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** @throws AppError bad-file where the file is not a JSON object. */
export async function readClipInfos(
  folder: DatasetFolder,
  path: string,
  issues: ImportIssue[],
): Promise<Map<string, ClipInfo>> {
  const infos = new Map<string, ClipInfo>()
  for (const [id, info] of await readJsonObject(folder, path)) {
    if (!isObject(info)) issues.push({ file: path, row: null, reason: `${quote(id)} is not an object: left` })
    else
      infos.set(id, {
        licence: givenText(info['license']),
        uploader: givenText(info['uploader']),
        title: givenText(info['title']),
      })
  }
  return infos
}

/**
 * Votes by clip and class id.
 * @throws AppError bad-file where the file is not a JSON object.
 */
export async function readRatings(
  folder: DatasetFolder,
  path: string,
  issues: ImportIssue[],
): Promise<Map<string, Ratings>> {
  const ratings = new Map<string, Ratings>()
  for (const [id, byClass] of await readJsonObject(folder, path)) {
    const own: Ratings = new Map()
    for (const [mid, votes] of isObject(byClass) ? Object.entries(byClass) : []) {
      const known =
        Array.isArray(votes) && votes.every((vote) => vote === 1 || vote === 0.5 || vote === 0 || vote === -1)
      if (known) own.set(mid, votes as number[])
      else
        issues.push({
          file: path,
          row: null,
          reason: `clip ${quote(id)}, ${quote(mid)}: no votes of 1, 0.5, 0, -1`,
        })
    }
    if (isObject(byClass)) ratings.set(id, own)
    else issues.push({ file: path, row: null, reason: `${quote(id)} is not an object: left` })
  }
  return ratings
}

/**
 * What the votes say of a class that the ground truth does not list: present where at least two found it and
 * more than did not (the dataset's own condition for a label), absent where nobody found it and somebody
 * did not, else unknown (null).
 */
export function judgeVotes(votes: readonly number[]): 'present' | 'absent' | null {
  const found = votes.filter((vote) => vote > 0).length
  const missed = votes.filter((vote) => vote < 0).length
  if (found >= 2 && found > missed) return 'present'
  return found === 0 && missed > 0 ? 'absent' : null
}
