import { isAbsolute, relative, resolve, sep } from 'node:path'
import { AppError } from '../../../shared/errors'

/** The absolute path of a recording. @throws AppError 'invalid-argument' when it would leave its root */
export function resolveInside(rootPath: string, recordingPath: string): string {
  const path = resolve(rootPath, recordingPath)
  const inside = relative(rootPath, path)
  if (
    isAbsolute(recordingPath) ||
    inside === '' ||
    inside === '..' ||
    inside.startsWith(`..${sep}`) ||
    isAbsolute(inside)
  )
    throw new AppError('invalid-argument', `${recordingPath} is not inside ${rootPath}.`)
  return path
}
