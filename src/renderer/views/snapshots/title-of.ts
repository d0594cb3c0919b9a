import type { Snapshot } from '../../../shared/contract/snapshots'

/** What a snapshot is called: its name, or the beginning of its hash where the start of a run made it. */
export const titleOf = ({ name, contentHash }: Pick<Snapshot, 'name' | 'contentHash'>): string =>
  name ?? contentHash.slice(0, 12)
