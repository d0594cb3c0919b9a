/** The sound worker: everything between the host's bytes and the frames that go out, off the page's thread. */
import type { FromFeeder, FromWorker, ToWorker } from './messages'
import { fetchMediaRange, SoundDesk } from './sound-desk'

/** What of a worker's scope is used here; the page's types know only windows. */
interface Scope {
  postMessage(message: FromWorker): void
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null
}
const scope = globalThis as unknown as Scope
let desk: SoundDesk | null = null

scope.onmessage = ({ data }) => {
  if (data.kind !== 'connect') return desk?.receive(data)
  const { port, sampleRateHz } = data
  const made = new SoundDesk(fetchMediaRange, sampleRateHz, {
    tellPage: (message) => scope.postMessage(message),
    tellFeeder: (message, transfer) => port.postMessage(message, transfer),
  })
  port.onmessage = (event: MessageEvent<FromFeeder>) => made.hear(event.data)
  desk = made
}
