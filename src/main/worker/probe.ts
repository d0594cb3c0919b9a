/** The probe: one question of this machine, answered in a process that may crash or hang for it. */
import type { ProbeManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'

/** Tells one event: 'proof', 'machine' or 'machine-state'. Only a backend's probe loads tfjs. */
export async function probe(manifest: ProbeManifest, tell: (event: WorkerEvent) => void): Promise<void> {
  switch (manifest.subject) {
    case 'backend': {
      const { probeBackend } = await import('./backends/select-backend')
      return tell({ type: 'proof', backend: await probeBackend(manifest.backend) })
    }
    case 'machine': {
      const { diagnose } = await import('./native/doctor/diagnose')
      const { probeMachine } = await import('./native/doctor/probes')
      return tell({ type: 'machine', machine: diagnose(await probeMachine(), manifest.backends) })
    }
    case 'state': {
      const { readMachineState } = await import('./native/doctor/machine-state')
      return tell({ type: 'machine-state', key: readMachineState() })
    }
  }
}
