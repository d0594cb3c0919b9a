import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Exporter } from '../../formats/exporters/export-plan'
import { findImporter } from '../../formats/importers/importer'
import { compareRoundTrip, type Certificate, type ClipPlace, type Losses } from '../../formats/round-trip'
import { toAppError } from '../../shared/errors'
import { toDrafts } from '../../shared/job/named-drafts'
import type { ExportClip } from '../../shared/job/manifest'
import type { ClipDraft } from '../../shared/job/worker-event'
import { listFolder } from '../media/list-folder'

/**
 * Reads an export with the format's importer and compares what it says with what was exported. An importer that refuses
 * what the exporter has written is a fault, and is told as one.
 * @returns null where nothing reads the format
 */
export async function verifyExport(
  exporter: Exporter,
  folder: string,
  clips: readonly ExportClip[],
  placeOf: (clip: ExportClip) => ClipPlace | null,
  losses: Losses,
): Promise<Certificate | null> {
  if (exporter.importer === null) return null
  try {
    return compareRoundTrip(clips, await readDrafts(exporter.importer, folder), placeOf, losses)
  } catch (thrown) {
    const reason = `reading it again failed: ${toAppError(thrown).message}`
    return {
      verdict: 'faults',
      clips: 0,
      differences: [{ what: 'clip', kind: 'fault', count: clips.length, reason }],
      examples: [],
    }
  }
}

async function readDrafts(format: string, folder: string): Promise<Map<string, ClipDraft[]>> {
  const { files } = await listFolder(folder)
  const plan = await findImporter(format).read({
    listing: files,
    readBytes: (path) => readFile(join(folder, path)),
  })
  const drafts = new Map<string, ClipDraft[]>()
  const add = (recordings: Iterable<{ path: string; clips: ClipDraft[] }>): void => {
    for (const { path, clips } of recordings) {
      const own = drafts.get(path)
      if (own) own.push(...clips)
      else drafts.set(path, [...clips])
    }
  }
  add(plan.recordings)
  add(plan.withoutSound ?? [])
  if (plan.named)
    for await (const batch of plan.named) {
      add(toDrafts(batch.rows))
      add(batch.planned)
    }
  return drafts
}
