import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { placesOf, tally, type Exporter, type ExportPlan } from '../../formats/exporters/export-plan'
import { findImporter } from '../../formats/importers/importer'
import { RoundTrip, type Certificate, type PlacedClip } from '../../formats/round-trip'
import { toAppError } from '../../shared/errors'
import { toDrafts } from '../../shared/job/named-drafts'
import type { ClipDraft } from '../../shared/job/worker-event'
import { listFolder } from '../media/list-folder'

/**
 * Reads an export with the format's importer and compares what it says with what was exported. An importer that refuses
 * what the exporter has written is a fault, and is told as one. What is held is what the importer holds, and of formats
 * whose importers stream, nothing but a few clips.
 * @param failed clips whose sound could not be written
 * @returns null where nothing reads the format
 */
export async function verifyExport(
  exporter: Exporter,
  plan: ExportPlan,
  folder: string,
  failed: ReadonlySet<string>,
): Promise<Certificate | null> {
  if (exporter.importer === null) return null
  const trip = new RoundTrip({ ...exporter.losses, ...plan.losses })
  const places = exportedPlaces(plan, failed)
  /** Expects as many clips as were offered, so that both sides come about equally far. */
  const offer = (recordings: Iterable<{ path: string; clips: ClipDraft[] }>): void => {
    for (const { path, clips } of recordings) {
      trip.offer(path, clips)
      for (let left = clips.length; left > 0; left--) {
        const next = places.next()
        if (next.done) break
        trip.expect(next.value)
      }
    }
  }
  try {
    const { files } = await listFolder(folder)
    const read = await findImporter(exporter.importer).read({
      listing: files.filter((path) => !path.startsWith('.earmark-')),
      readBytes: (path) => readFile(join(folder, path)),
    })
    offer(read.recordings)
    offer(read.withoutSound ?? [])
    if (read.named)
      for await (const batch of read.named) {
        offer(toDrafts(batch.rows))
        offer(batch.planned)
      }
    for (const placed of places) trip.expect(placed)
    return trip.finish()
  } catch (thrown) {
    const reason = `reading it again failed: ${toAppError(thrown).message}`
    const { count } = tally(exportedPlaces(plan, failed), { count: () => 1 })
    return { verdict: 'faults', clips: 0, differences: [{ what: 'clip', kind: 'fault', count, reason }], examples: [] }
  }
}

function* exportedPlaces(plan: ExportPlan, failed: ReadonlySet<string>): Generator<PlacedClip> {
  for (const placed of placesOf(plan)) if (!failed.has(placed.clip.id)) yield placed
}
