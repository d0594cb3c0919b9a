import { statSync } from 'node:fs'
import { AppError, toAppError } from '../../shared/errors'

/** @returns the path. @throws AppError 'not-found', 'invalid-argument' (a file), 'no-permission', naming it */
export function requireFolder(path: string): string {
  const info = readInfo(path)
  if (!info.isDirectory()) throw new AppError('invalid-argument', `${path} is a file, not a folder.`)
  return path
}

/** @returns the path. @throws AppError 'not-found', 'invalid-argument' (a folder), 'no-permission', naming it */
export function requireFile(path: string): string {
  const info = readInfo(path)
  if (!info.isFile()) throw new AppError('invalid-argument', `${path} is not a file.`)
  return path
}

function readInfo(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path)
  } catch (cause) {
    const error = toAppError(cause)
    if (error.code === 'not-found')
      throw new AppError('not-found', `${path} does not exist.`, { hint: 'Check the path.', cause })
    throw error
  }
}
