/** What the setup of the native TensorFlow finds on a machine before it begins. */
import type { AppErrorData } from '../errors'

/** TensorFlow without CUDA, or with it. */
export type SetupVariant = 'cpu' | 'gpu'

export interface SetupForm {
  variant: SetupVariant
  downloadBytes: number
  diskBytes: number
  /** TensorFlow's version where a finished library of this form lies in the folder, else null. */
  installed: string | null
}

export interface SetupMachine {
  /** "linux-x64" */
  machine: string
  /** Where the libraries lie, or would lie. */
  folder: string
  /** The forms that can be set up on this machine; none where the road is not built. */
  forms: SetupForm[]
  /** 'gpu' where an NVIDIA driver is present; null where nothing can be set up. */
  advised: SetupVariant | null
  /** What an earlier setup has downloaded already. */
  downloadedBytes: number
  /** What the machine lacks for the advised form (a tool, room on the disk), with the step that helps; null when nothing. */
  missing: AppErrorData | null
}
