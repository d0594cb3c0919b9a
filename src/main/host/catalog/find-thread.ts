import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../../shared/errors'

/** The built entry of a thread: the bundler puts shared code beside the entries or one folder below them. */
export function findThread(name: string): URL {
  const candidates = [`./${name}.js`, `../${name}.js`].map((relative) => new URL(relative, import.meta.url))
  const found = candidates.find((url) => existsSync(fileURLToPath(url)))
  if (found) return found
  throw new AppError('internal', `${name}.js is not beside ${fileURLToPath(import.meta.url)}`, {
    hint: 'Run npm run build.',
  })
}
