import type { SetupVariant } from '../../../shared/job/setup-machine'
import type { JobWork } from './queue'

/**
 * The setup of the native TensorFlow: its worker downloads, builds and proves in the person's cache. What a worker
 * that was ended has left there is taken up (downloads) or removed (the rest) by the next one.
 */
export function createSetupWork(variant: SetupVariant): JobWork {
  return {
    kind: 'setup',
    title: `Set up TensorFlow${variant === 'gpu' ? ' for the GPU' : ''}`,
    runId: null,
    outPath: null,
    start: () => ({ kind: 'setup', variant }),
    ingest() {
      // It tells its progress only.
    },
    end() {
      // What came of it lies in the cache folder, where the next probe finds it.
    },
  }
}
