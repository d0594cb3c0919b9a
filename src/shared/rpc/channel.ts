/**
 * The only thing the application knows of its transport. Frames are plain data with typed arrays in it
 * (structured-cloneable); every transport is one small file beside this one.
 */
import type { AppErrorData } from '../errors'

export type Frame =
  | { kind: 'call'; id: number; name: string; input: unknown }
  | { kind: 'cancel'; id: number }
  | { kind: 'result'; id: number; output: unknown }
  | { kind: 'error'; id: number; error: AppErrorData }
  | { kind: 'event'; name: string; payload: unknown }

export interface Channel {
  send(frame: Frame): void
  /** One listener a channel; a frame that arrives before it is set waits. */
  listen(listener: { onFrame(frame: Frame): void; onClose(): void }): void
  close(): void
}

/** Holds frames until somebody listens; the shared half of every transport. */
export class Inbox {
  private listener: { onFrame(frame: Frame): void; onClose(): void } | null = null
  private waiting: Frame[] = []
  private isClosed = false

  listen(listener: { onFrame(frame: Frame): void; onClose(): void }): void {
    this.listener = listener
    const waiting = this.waiting
    this.waiting = []
    for (const frame of waiting) listener.onFrame(frame)
    if (this.isClosed) listener.onClose()
  }

  push(frame: Frame): void {
    if (this.listener) this.listener.onFrame(frame)
    else this.waiting.push(frame)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.listener?.onClose()
  }
}
