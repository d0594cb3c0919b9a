import { EventEmitter } from 'node:events'

/** An event that a listener may refuse, as Electron's are. */
export function emitPreventable(emitter: EventEmitter, name: string, more: object = {}): boolean {
  let isPrevented = false
  const event = { ...more, preventDefault: () => (isPrevented = true) }
  emitter.emit(name, event)
  return !isPrevented
}
