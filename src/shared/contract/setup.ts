import { z } from 'zod'
import type { SetupMachine } from '../job/setup-machine'
import { call } from './define'

export interface SetupState extends SetupMachine {
  /** The setup that is running or waiting in this host, null when none is. */
  jobId: string | null
  /** The person has said that it shall not be offered again. */
  isDeclined: boolean
}

/** The native TensorFlow of this machine: it belongs to the person's cache, not to a catalog. */
export const setupCalls = {
  /** Looks at the machine in a process of its own (a second): libraries, tools, room. */
  state: call(z.void()).returns<SetupState>(),
  /** Downloads, builds and proves a form; goes on where an earlier one was interrupted. One at a time. */
  tensorflow: call(z.strictObject({ variant: z.enum(['cpu', 'gpu']) })).returns<{ jobId: string }>(),
  /** Remembers that the offer is not wanted; Settings still have it. */
  decline: call(z.void()).returns<void>(),
}
