import { AppError } from '../../shared/errors'

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {}

/** Runs a reader of an option; what it finds wrong is wrong usage. */
export function readOption<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'invalid-argument')
      throw new UsageError(thrown.hint === undefined ? thrown.message : `${thrown.message} ${thrown.hint}`)
    throw thrown
  }
}
