/**
 * The host: a workspace behind the contract. The doors (desktop, headless, cli) import this file and
 * nothing else of the host.
 */
import type { Channel } from '../../shared/rpc/channel'
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

export interface Host {
  /** Serves the contract over a channel until it closes. */
  connect(channel: Channel): void
  /** Titles of jobs that would be lost if the host closed now. */
  runningJobs(): string[]
  /** Cancels jobs, closes the catalog; the host cannot be used afterwards. */
  close(): Promise<void>
}

export declare function createHost(options: HostOptions): Host
