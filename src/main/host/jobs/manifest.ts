import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '../../../dsp/canonical-json'
import type { Recipe } from '../../../dsp/recipe'
import { type ClipQuery, formatClipQuery } from '../../../shared/contract/clip-query'
import { AppError } from '../../../shared/errors'
import {
  defaultExportOptions,
  type BackendChoice,
  type ExportLabel,
  type ExportManifest,
  type ExportOptions,
  type ManifestClip,
  type PredictManifest,
  type TrainManifest,
} from '../../../shared/job/manifest'
import { createPropagation } from '../../../shared/ontology/propagate-labels'
import { readAnnotations } from '../catalog/annotations'
import { readLabels } from '../catalog/clips'
import { type Database, listParameter } from '../catalog/database'
import { readMetadata } from '../catalog/metadata'
import { listClasses } from '../catalog/ontology'
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
    return JSON.parse(readFileSync(file, 'utf8')) as TrainManifest
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

/** The clips of a query that can be predicted: their files were there when last looked at. */
export function listPredictable(database: Database, query: ClipQuery): ManifestClip[] {
  return listManifestRows(database, query)
    .filter((row) => row.isMissing === 0 && row.contentHash !== null)
    .map(toManifestClip)
}

/** Everything an exporter may write of a query's clips. */
export function buildExportManifest(
  database: Database,
  catalogName: string,
  request: { format: string; out: string; query: ClipQuery; options?: ExportOptions | undefined; propagate?: boolean },
): ExportManifest {
  const rows = listManifestRows(database, request.query)
  const classes = listClasses(database, false)
  const classById = new Map(classes.map((entry) => [entry.id, entry]))
  const ids = rows.map((row) => row.id)
  const labels = readLabels(database, listParameter(ids))
  const metadata = readMetadata(database, listParameter(ids))
  const annotations = readAnnotations(database, ids)
  const toLabel = (label: { classId: string; name: string; state: 'present' | 'absent' }): ExportLabel => ({
    className: label.name,
    classCode: classById.get(label.classId)?.code ?? null,
    mid: classById.get(label.classId)?.mid ?? null,
    state: label.state,
  })
  const propagate = request.propagate === true ? createPropagation(classes) : null
  const toLabels = (given: readonly { classId: string; name: string; state: 'present' | 'absent' }[]): ExportLabel[] =>
    propagate === null
      ? given.map(toLabel)
      : [...propagate(new Map(given.map(({ classId, state }) => [classId, state])))].map(([classId, state]) =>
          toLabel({ classId, name: classById.get(classId)!.name, state }),
        )
  return {
    kind: 'export',
    format: request.format,
    out: request.out,
    query: formatClipQuery(request.query),
    options: request.options ?? defaultExportOptions,
    propagate: request.propagate === true,
    catalogName,
    classes: classes.map(({ name, code, mid }) => ({ name, code, mid })),
    clips: rows.map((row) => ({
      ...toManifestClip(row),
      contentHash: row.contentHash,
      recordingPath: row.recordingPath,
      recordingSeconds: row.recordingSeconds,
      sampleRateHz: row.sampleRateHz,
      channelCount: row.channelCount,
      fold: row.fold,
      split: row.split,
      isFullyAnnotated: row.isFullyAnnotated === 1,
      note: row.note,
      group: row.group,
      labels: toLabels(labels.get(row.id) ?? []),
      annotations: (annotations.get(row.id) ?? []).map((annotation) => ({
        id: annotation.id,
        startSeconds: annotation.startSeconds,
        endSeconds: annotation.endSeconds,
        lowHz: annotation.lowHz,
        highHz: annotation.highHz,
        tier: annotation.tier,
        author: annotation.author,
        score: annotation.score,
        note: annotation.note,
        labels: toLabels(annotation.labels),
      })),
      source: metadata.get(row.id) ?? {},
    })),
  }
}
