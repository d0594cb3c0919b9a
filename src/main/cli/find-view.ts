import type { SavedView } from '../../shared/contract/views'
import { AppError } from '../../shared/errors'

/** The view of that name, capitals or not. @throws AppError 'not-found', naming those there are */
export function findView(views: readonly SavedView[], wanted: string): SavedView {
  const found =
    views.find(({ name }) => name === wanted) ?? views.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  if (found) return found
  throw new AppError('not-found', `There is no saved view ${wanted}.`, {
    hint: `There are: ${views.map(({ name }) => name).join(', ') || 'none'}.`,
  })
}
