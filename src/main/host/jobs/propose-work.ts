import { AppError } from '../../../shared/errors'
import type { ProposeManifest, TrainManifest } from '../../../shared/job/manifest'
import type { Database } from '../catalog/database'
import { addIssues } from '../catalog/jobs'
import { countNoun } from '../catalog/labels'
import { type ClipProposals, saveProposals } from '../catalog/proposals'
import { Recorder } from '../catalog/recorder'
import { nothingTouched, type Touched } from '../catalog/touched'
import { readAcquaintances } from './manifest'
import type { JobWork } from './queue'

export interface ProposeRequest {
  runName: string
  trained: TrainManifest
  manifest: ProposeManifest
  author: string
  tell(touched: Touched): void
}

/**
 * Proposing segments: what the worker tells is kept in memory, a few numbers for each segment, and becomes one edit with the
 * job's end. So the history stays open to people while the job runs, and of one that was cancelled or killed nothing is
 * there to take back.
 */
export function createProposeWork(database: Database, request: ProposeRequest): JobWork {
  const { runName, trained, manifest, author } = request
  const asked = new Set(manifest.clips.map((clip) => clip.id))
  const acquaintanceOf = readAcquaintances(trained)
  const found: ClipProposals[] = []
  let touched = nothingTouched()
  return {
    kind: 'propose',
    title: `Propose segments on ${countNoun(manifest.clips.length, 'clip')} with ${runName}`,
    runId: manifest.runId,
    outPath: null,
    start: () => manifest,
    ingest(job, event) {
      if (event.type === 'issues') {
        database.transaction(() => addIssues(database, job.id, event.issues))
        job.issueCount += event.issues.length
      }
      if (event.type !== 'proposals') return
      for (const row of event.rows) {
        if (!asked.delete(row.clipId))
          throw new AppError('internal', `The worker proposed on a clip it was not asked for: ${row.clipId}.`)
        found.push({ ...row, basis: acquaintanceOf(row.clipId).basis })
      }
    },
    end(job, status) {
      if (status !== 'done') return
      const recorder = new Recorder(database, { kind: 'proposals.start', title: '', author })
      const { runId, windowSeconds, hopSeconds, floor, classes } = manifest
      const saved = saveProposals(database, recorder, {
        runId,
        runName,
        windowSeconds,
        hopSeconds,
        floor,
        classIds: classes.map(({ id }) => id),
        clips: found,
      })
      recorder.retitle(saved.title)
      recorder.writeCount()
      touched = recorder.drainTouched()
      const left = [
        saved.known > 0 && `${saved.known} left that people have judged`,
        saved.goneClips > 0 && `${countNoun(saved.goneClips, 'clip')} gone meanwhile`,
        saved.goneClasses > 0 && `${saved.goneClasses} of the run’s classes gone`,
      ].filter((part) => part !== false)
      job.message = [saved.title, ...left].join('; ')
    },
    afterEnd: () => request.tell(touched),
  }
}
