import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '../../../dsp/canonical-json'
import type { Recipe } from '../../../dsp/recipe'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import { upgradeRecipe } from '../../../shared/contract/upgrade-recipe'
import { AppError } from '../../../shared/errors'
import {
  type BackendChoice,
  type ManifestClip,
  type PredictManifest,
  type TrainManifest,
} from '../../../shared/job/manifest'
import type { Database } from '../catalog/database'
import { listManifestRows, type ManifestRow } from '../catalog/usable-clips'
import { resolveInside } from '../media/resolve-inside'
import { writeFileWhole } from '../../disk/write-file-whole'

/** The folder of a run inside its catalog. */
export function runFolder(catalogPath: string, runId: string): string {
  return join(catalogPath, 'runs', runId)
}

/** Makes the run's folder and keeps its manifest there, so that the run can be repeated. */
export function keepManifest(manifest: TrainManifest): void {
  mkdirSync(manifest.folder, { recursive: true })
  writeFileWhole(join(manifest.folder, 'manifest.json'), JSON.stringify(manifest))
}

/** @throws AppError 'not-found' when the run's folder was removed */
export function readTrainManifest(catalogPath: string, runId: string): TrainManifest {
  const file = join(runFolder(catalogPath, runId), 'manifest.json')
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as TrainManifest
    return { ...manifest, recipe: upgradeRecipe(manifest.recipe) as Recipe }
  } catch (cause) {
    throw new AppError('not-found', `${file} cannot be read, so this run’s model cannot be used.`, {
      hint: 'Train it again, or restore the folder.',
      cause,
    })
  }
}

/** The first 12 hexadecimal digits of the SHA-256 of a recipe's JSON with sorted keys: equal recipes, equal hash. */
export function hashRecipe(recipe: Recipe): string {
  return createHash('sha256').update(canonicalJson(recipe)).digest('hex').slice(0, 12)
}

function toManifestClip(row: ManifestRow): ManifestClip {
  return {
    id: row.id,
    path: resolveInside(row.rootPath, row.recordingPath),
    contentHash: row.contentHash ?? '',
    startSeconds: row.startSeconds,
    endSeconds: row.endSeconds,
  }
}

/** Predicting clips, whoever they are, with the models and classes of a run. */
export function buildPredictManifest(
  trained: TrainManifest,
  folder: string,
  backend: BackendChoice,
  clips: ManifestClip[],
): PredictManifest {
  return {
    kind: 'predict',
    runId: trained.runId,
    folder,
    recipe: trained.recipe,
    backend,
    classes: trained.classes,
    clips,
  }
}

/** A clip as the models of a run know it: which of them has not learned from it, and whether all have. */
export interface Acquaintance {
  /** Of the model that held it out; null where every model is as good as another. */
  fold: string | null
  basis: 'test' | 'new' | 'trained'
}

/** What each of its clips is to a run; one that is not among them is new to it. */
export function readAcquaintances(trained: TrainManifest): (clipId: string) => Acquaintance {
  const known = new Map<string, Acquaintance>()
  for (const { train, validation = [] } of trained.folds)
    for (const position of [...train, ...validation])
      known.set(trained.clips[position]!.id, { fold: null, basis: 'trained' })
  // Held out once is enough: in a cross-validation every clip is among what the other models learned from.
  for (const { name, test } of trained.folds)
    for (const position of test) known.set(trained.clips[position]!.id, { fold: name, basis: 'test' })
  return (clipId) => known.get(clipId) ?? { fold: null, basis: 'new' }
}

/** Of what a run learned from, in seconds. */
export function medianSeconds(trained: TrainManifest): number {
  const lengths = trained.clips.map((clip) => clip.endSeconds - clip.startSeconds).sort((a, b) => a - b)
  return lengths[Math.floor(lengths.length / 2)]!
}

/**
 * The clips of a query that can be predicted: their files were there when last looked at.
 * @param only of them these, by id
 */
export function listPredictable(database: Database, query: ClipQuery, only?: readonly string[]): ManifestClip[] {
  return listManifestRows(database, query, only)
    .filter((row) => row.isMissing === 0 && row.contentHash !== null)
    .map(toManifestClip)
}
