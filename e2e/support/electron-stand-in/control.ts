/** The line to the test that launched us: it answers dialogs, clicks menu items and closes windows. */
import { EventEmitter } from 'node:events'

export type ToStandIn =
  | { type: 'answer-dialog'; answer: string | number | null }
  | { type: 'click-menu'; id: string }
  | { type: 'close-window' }
  | { type: 'quit' }
  | { type: 'crash-host' }

export type FromStandIn =
  | { type: 'window'; endpoint: string; address: string }
  | { type: 'dialog'; kind: string; options: unknown }
  | { type: 'answer-noted' }
  | { type: 'opened-outside'; address: string }
  | { type: 'title'; title: string }

export const control = new EventEmitter()

process.on('message', (message: ToStandIn) => control.emit(message.type, message))

export function tellTest(message: FromStandIn): void {
  process.send?.(message)
}
