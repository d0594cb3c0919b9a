import { join } from 'node:path'
import { fingerprintVersion } from '../../../dsp/fingerprint'
import type { Database } from '../catalog/database'
import { addIssues } from '../catalog/jobs'
import { listSounds, saveHeard } from '../catalog/split-clips'
import { resolveInside } from '../media/resolve-inside'
import type { JobWork } from './queue'

/** Listening to every recording of the catalog: what was heard takes the place of what was known. */
export function createAuditWork(database: Database, catalogPath: string, onHeard: () => void): JobWork {
  return {
    kind: 'audit',
    title: 'Listen for sounds that are the same',
    runId: null,
    outPath: null,
    start() {
      const sounds = listSounds(database).map(({ rootPath, path, contentHash }) => ({
        path: resolveInside(rootPath, path),
        contentHash,
      }))
      return { kind: 'audit', cacheFolder: join(catalogPath, 'cache'), sounds }
    },
    ingest(job, event) {
      if (event.type === 'issues') {
        addIssues(database, job.id, event.issues)
        job.issueCount += event.issues.length
      }
      if (event.type !== 'sounds') return
      database.transaction(() => saveHeard(database, event.heard, event.matches, fingerprintVersion))
      onHeard()
    },
    end: () => undefined,
  }
}
