import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../../shared/errors'

/** The built entry of a thread: the bundler puts shared code beside the entries or one folder below them. */
export function findThread(name: string): URL {
  const found = lookForThread(name)
  if (found) return found
  throw new AppError('internal', `${name}.js is not beside ${fileURLToPath(import.meta.url)}`, {
    hint: 'Run npm run build.',
  })
}

/** Whether the thread's entry is there: not where the code runs unbundled. */
export const hasThread = (name: string): boolean => lookForThread(name) !== undefined

function lookForThread(name: string): URL | undefined {
  return [`./${name}.js`, `../${name}.js`]
    .map((relative) => new URL(relative, import.meta.url))
    .find((url) => existsSync(fileURLToPath(url)))
}
