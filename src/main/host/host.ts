/**
 * The host: a workspace behind the contract. The doors (desktop, headless, cli) import this file and
 * nothing else of the host.
 */
import type { Handlers } from '../../shared/contract/contract'
import type { Channel } from '../../shared/rpc/channel'
import { serve } from '../../shared/rpc/server'
import { MediaPool } from '../media/media-pool'
import { agreementHandlers } from './calls/agreement'
import { annotationHandlers } from './calls/annotations'
import { batchHandlers } from './calls/batches'
import { clipHandlers } from './calls/clips'
import { computeHandlers } from './calls/compute'
import { coverageHandlers } from './calls/coverage'
import { interactionHandlers } from './calls/interactions'
import { exportHandlers } from './calls/exports'
import { featureHandlers } from './calls/features'
import { historyHandlers } from './calls/history'
import { jobHandlers } from './calls/jobs'
import { keymapHandlers } from './calls/keymap'
import { labelHandlers } from './calls/labels'
import { mediaHandlers } from './calls/media'
import { metadataHandlers } from './calls/metadata'
import { modelViewHandlers } from './calls/model-view'
import { mergeHandlers } from './calls/merge'
import { ontologyHandlers } from './calls/ontology'
import { pictureHandlers } from './calls/picture'
import { proposalHandlers } from './calls/proposals'
import { recordingHandlers } from './calls/recordings'
import { renderHandlers } from './calls/renders'
import { reviewHandlers } from './calls/review'
import { runHandlers } from './calls/runs'
import { setupHandlers } from './calls/setup'
import { sessionHandlers } from './calls/sessions'
import { splitHandlers } from './calls/splits'
import { viewHandlers } from './calls/views'
import { workspaceHandlers } from './calls/workspace'
import { backupHandlers } from './calls/backups'
import { relinkHandlers } from './calls/relink'
import { snapshotHandlers } from './calls/snapshots'
import type { HostOptions } from './host-options'
import type { OpenMediaPool } from './media/media-desk'
import { Workspace } from './workspace'

export type { HostOptions } from './host-options'

export interface Host {
  /** Serves the contract over a channel until it closes. */
  connect(channel: Channel): void
  /** Titles of jobs that would be lost if the host closed now. */
  runningJobs(): string[]
  /** Cancels jobs, closes the catalog; the host cannot be used afterwards. */
  close(): Promise<void>
}

/** @param openMediaPool how to open the decoding threads; given by tests, which run unbundled */
export function createHost(options: HostOptions, openMediaPool: OpenMediaPool = (pool) => new MediaPool(pool)): Host {
  const workspace = new Workspace(options, openMediaPool)
  const handlers: Handlers = {
    workspace: workspaceHandlers(workspace),
    recordings: recordingHandlers(workspace),
    clips: clipHandlers(workspace),
    labels: labelHandlers(workspace),
    ontology: ontologyHandlers(workspace),
    annotations: annotationHandlers(workspace),
    history: historyHandlers(workspace),
    runs: runHandlers(workspace),
    compute: computeHandlers(workspace),
    jobs: jobHandlers(workspace),
    media: mediaHandlers(workspace),
    exports: exportHandlers(workspace),
    features: featureHandlers(workspace),
    setup: setupHandlers(workspace),
    snapshots: snapshotHandlers(workspace),
    views: viewHandlers(workspace),
    backups: backupHandlers(workspace),
    relink: relinkHandlers(workspace),
    splits: splitHandlers(workspace),
    metadata: metadataHandlers(workspace),
    coverage: coverageHandlers(workspace),
    interactions: interactionHandlers(workspace),
    merge: mergeHandlers(workspace),
    review: reviewHandlers(workspace),
    sessions: sessionHandlers(workspace),
    agreement: agreementHandlers(workspace),
    keymap: keymapHandlers(workspace),
    picture: pictureHandlers(workspace),
    modelView: modelViewHandlers(workspace),
    batches: batchHandlers(workspace),
    proposals: proposalHandlers(workspace),
    renders: renderHandlers(workspace),
  }
  return {
    connect(channel) {
      const announce = serve(
        watchClose(channel, () => workspace.announcer.remove(announce)),
        {
          handlers,
          author: () => workspace.settings.read().author,
          onFault: (name, error) => options.log(`${name}: ${error.stack ?? error.message}`),
        },
      )
      workspace.announcer.add(announce)
    },
    runningJobs: () => workspace.runningJobs(),
    close: () => workspace.dispose(),
  }
}

/** The same channel, with one more listener for its end. */
function watchClose(channel: Channel, onClose: () => void): Channel {
  return {
    send: (frame) => channel.send(frame),
    close: () => channel.close(),
    listen: (listener) =>
      channel.listen({
        onFrame: (frame) => listener.onFrame(frame),
        onClose() {
          onClose()
          listener.onClose()
        },
      }),
  }
}
