/** The one error type that crosses a boundary, and the one list of its codes. */

export const errorCodes = [
  'invalid-argument',
  'not-found',
  'conflict',
  'no-catalog',
  'catalog-newer',
  'catalog-older',
  'catalog-damaged',
  'not-a-catalog',
  'bad-file',
  'bad-row',
  'unsupported-format',
  'no-space',
  'no-permission',
  'backend-unavailable',
  'training-failed',
  'worker-died',
  'cancelled',
  'disconnected',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The plain form that travels over a channel. */
export interface AppErrorData {
  code: ErrorCode
  message: string
  /** The next step a person can take. */
  hint?: string
}

/**
 * An error a person can read: what happened, to what, why; `hint` says what to do next.
 * Thrown where the fault is known, with the offending value in the message.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = options.hint
  }

  toData(): AppErrorData {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) }
  }

  static fromData(data: AppErrorData): AppError {
    return new AppError(data.code, data.message, data.hint === undefined ? {} : { hint: data.hint })
  }
}

const systemCodes: Record<string, [ErrorCode, string]> = {
  ENOSPC: ['no-space', 'Free some space on this disk and try again.'],
  EDQUOT: ['no-space', 'Free some of your quota on this disk and try again.'],
  EFBIG: ['no-space', 'The file system does not take a file of this size.'],
  SQLITE_FULL: ['no-space', 'Free some space on this disk and try again.'],
  // Where SQLite keeps what several processes must know of a database.
  SQLITE_IOERR_SHMSIZE: ['no-space', 'Free some space on this disk and try again.'],
  SQLITE_READONLY: ['no-permission', 'The disk or the file is read-only.'],
  SQLITE_CANTOPEN: ['no-permission', 'Check the permissions of the catalog’s folder.'],
  SQLITE_CORRUPT: ['catalog-damaged', 'Restore the newest copy from the catalog’s backups folder.'],
  SQLITE_NOTADB: ['catalog-damaged', 'Restore the newest copy from the catalog’s backups folder.'],
  EACCES: ['no-permission', 'Check the permissions of this path.'],
  EPERM: ['no-permission', 'Check the permissions of this path.'],
  EROFS: ['no-permission', 'This disk is read-only.'],
  ENOENT: ['not-found', 'Check that the path exists.'],
}

/** Turns anything thrown into an AppError; system and SQLite codes are given their meaning, an error's data become one again, the rest is `internal`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof Error) {
    const { code } = thrown as { code?: unknown }
    const known = typeof code === 'string' ? findSystemCode(code) : undefined
    if (known) return new AppError(known[0], thrown.message, { hint: known[1], cause: thrown })
    return new AppError('internal', thrown.message, { cause: thrown })
  }
  if (isData(thrown)) return AppError.fromData(thrown)
  return new AppError('internal', String(thrown))
}

/** SQLite says more by parts added at the end, as in SQLITE_READONLY_DIRECTORY. */
function findSystemCode(code: string): [ErrorCode, string] | undefined {
  return systemCodes[code] ?? (code.startsWith('SQLITE_') ? systemCodes[/^SQLITE_[A-Z]+/.exec(code)![0]] : undefined)
}

/** What has crossed a channel, as a job's error has. */
function isData(thrown: unknown): thrown is AppErrorData {
  const { code, message } = (thrown ?? {}) as Partial<AppErrorData>
  return typeof message === 'string' && errorCodes.some((known) => known === code)
}
