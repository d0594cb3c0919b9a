import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { AppError } from '../../shared/errors'
import { useToaster } from './use-toaster'

const { state, show, error, dismiss, hold, release, clear } = useToaster()
const titles = (): string[] => state.toasts.map(({ title }) => title)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  clear()
  vi.useRealTimers()
})

it('shows the newest news only, and goes by itself', () => {
  for (const title of ['a is done', 'b is done', 'c is reviewed']) show({ title })
  show({ tone: 'note', title: 'nothing new' })
  expect(titles()).toEqual(['nothing new'])
  expect(state.announcement).toBe('nothing new')
  vi.advanceTimersByTime(5999)
  expect(titles()).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect([titles(), state.announcement]).toEqual([[], ''])
})

it('keeps an error beside later news, two messages at most, and never the same twice', () => {
  error(new AppError('conflict', 'The name is taken.'))
  show({ title: 'saved' })
  show({ title: 'saved again' })
  expect(titles()).toEqual(['The name is taken.', 'saved again'])
  error(new AppError('conflict', 'The name is taken.'))
  expect(titles()).toEqual(['saved again', 'The name is taken.'])
  error(new AppError('not-found', 'It is gone.'))
  error(new AppError('not-found', 'That too.'))
  expect(titles()).toEqual(['It is gone.', 'That too.'])
  error(new AppError('cancelled', 'Cancelled.'))
  expect(titles()).toHaveLength(2)
})

it('stays while somebody is on it, also when newer ones come', () => {
  const id = show({ title: 'Deleted', action: { title: 'Undo', run: () => undefined } })
  hold(id)
  vi.advanceTimersByTime(60_000)
  show({ title: 'b' })
  show({ title: 'c' })
  expect(titles()).toEqual(['Deleted', 'c'])
  release(id)
  vi.advanceTimersByTime(1999)
  expect(titles()).toContain('Deleted')
  vi.advanceTimersByTime(1)
  expect(titles()).toEqual(['c'])
})

it('forgets the clock of a message that was dismissed', () => {
  const id = show({ title: 'a' })
  dismiss(id)
  release(id)
  expect(vi.getTimerCount()).toBe(0)
})
