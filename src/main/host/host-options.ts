import type { LaunchWorker } from '../../shared/job/worker-process'

export interface HostOptions {
  kind: 'desktop' | 'headless' | 'cli'
  version: string
  /** Where Earmark keeps what belongs to the person: recent catalogs, author name. */
  userFolder: string
  /** Offered for new catalogs. */
  documentsFolder: string
  launchWorker: LaunchWorker
  /** Lines for the log: faults and slow queries. */
  log(line: string): void
}
