/** The worker process: one job, from its manifest to its last event. Kinds load only what they need. */
import { AppError, toAppError } from '../../shared/errors'
import type { JobManifest } from '../../shared/job/manifest'
import { isBatch, type WorkerEvent } from '../../shared/job/worker-event'
import { Flow } from './flow'
import { openParentLink, reportFaults } from './parent-link'

type Tell = (event: WorkerEvent) => void

const link = openParentLink()
reportFaults(link)

const flow = new Flow()
let isStarted = false
link.onCommand((command) => {
  if (command.type === 'taken') return flow.take()
  if (isStarted) return
  isStarted = true
  void run(command.manifest)
})

async function run(manifest: JobManifest): Promise<void> {
  // A job may say 'done' or 'failed' itself; what it says last is what counts, and it is said once.
  let last: WorkerEvent | null = null
  const tell: Tell = (event) => {
    if (event.type === 'done' || event.type === 'failed') last ??= event
    else {
      if (isBatch(event)) flow.send()
      link.tell(event)
    }
  }
  try {
    await perform(manifest, tell)
    end(last ?? { type: 'done' })
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code === 'internal') process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
    end({ type: 'failed', error: error.toData() })
  }
}

function end(event: WorkerEvent): void {
  link.end(event, event.type === 'failed' ? 1 : 0)
}

/** What was told is written before more is computed, and no more is told than the host has taken. */
async function waitForRoom(): Promise<void> {
  await link.whenWritten()
  await flow.waitForRoom()
}

async function perform(manifest: JobManifest, tell: Tell): Promise<void> {
  switch (manifest.kind) {
    case 'train':
      return (await import('./train')).train(manifest, tell)
    case 'predict':
      return (await import('./predict')).predict(manifest, tell)
    case 'propose':
      return (await import('./propose')).propose(manifest, tell)
    case 'look':
      return (await import('./look')).look(manifest, tell)
    case 'batch':
      return (await import('./look-at-batch')).lookAtBatch(manifest, tell)
    case 'import':
      return (await import('./import')).runImport(manifest, tell, undefined, waitForRoom)
    case 'preview':
      return (await import('./preview-import')).previewImport(manifest, tell, waitForRoom)
    case 'sample':
      return (await import('./sample')).runSample(manifest, tell)
    case 'export':
      return (await import('./export')).runExport(manifest, tell)
    case 'render':
      return (await import('./render')).runRender(manifest, tell)
    case 'audit':
      return (await import('./audit')).runAudit(manifest, tell)
    case 'probe':
      return (await import('./probe')).probe(manifest, tell)
    case 'setup':
      return (await import('./setup')).runSetupJob(manifest, tell)
    case 'inspect': {
      const { inspectForSetup } = await import('./native/inspect-for-setup')
      return tell({ type: 'setup-machine', machine: await inspectForSetup() })
    }
    default:
      throw new AppError(
        'invalid-argument',
        `The worker knows no job of kind ${JSON.stringify((manifest as { kind?: unknown }).kind)}.`,
      )
  }
}
