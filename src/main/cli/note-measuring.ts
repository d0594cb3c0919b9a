import type { Connection } from '../../shared/rpc/client'
import type { Terminal } from './terminal'

/** Says which backend is being measured, for the person who waits. @returns stops it */
export function noteMeasuring(connection: Connection, terminal: Terminal): () => void {
  return connection.on('compute.measuring', ({ backend }) => {
    if (backend !== null) terminal.note(`Measuring ${backend} on this machine…`)
  })
}
