// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope, shallowRef } from 'vue'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ClipRow } from '../../../shared/contract/clips'
import { AppError } from '../../../shared/errors'
import { type FakeHost, installFakeHost } from '../../testing/fake-host'
import { queryOf } from './cell-link'
import { usePlaylist } from './use-playlist'

/** A catalog of three dogs that the run called rain. */
const labels = new Map<string, string>()
let refusal: AppError | null = null
let host: FakeHost
let scope: EffectScope

function row(id: string): ClipRow {
  return {
    id,
    recordingId: `r-${id}`,
    recordingPath: `audio/${id}.wav`,
    startSeconds: 0,
    endSeconds: 5,
    fold: '1',
    group: null,
    labels: [{ classId: `c-${labels.get(id)}`, name: labels.get(id)!, state: 'present', author: 'ana' }],
    annotationCount: 0,
    isMissing: false,
    isFullyAnnotated: false,
    prediction: { classId: 'c-rain', name: 'rain', score: 0.9 },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  labels.clear()
  for (const id of ['a', 'b', 'c']) labels.set(id, 'dog')
  refusal = null
  host = installFakeHost({
    'clips.list': ({ query }: { query: ClipQuery }) => {
      const rows = [...labels.keys()].filter((id) => labels.get(id) === query.truth).map(row)
      return { total: rows.length, rows }
    },
    'labels.correct': ({ clipIds, toClassId }: { clipIds: string[]; toClassId: string }) => {
      if (refusal) throw refusal
      for (const id of clipIds) labels.set(id, toClassId.slice(2))
      host.announce('clips.changed', { clipIds })
      return { title: 'Relabel' }
    },
  })
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

const settle = () => vi.advanceTimersByTimeAsync(200)
async function open() {
  const query = shallowRef<ClipQuery | null>(queryOf('run', { truth: 'dog', predicted: 'rain' }))
  const playlist = scope.run(() => usePlaylist(query))!
  await settle()
  return { query, playlist }
}
const shape = (playlist: ReturnType<typeof usePlaylist>): string[] =>
  playlist.items.value.map(({ row: { id }, decision }) => `${id}:${decision?.kind ?? '-'}`)

describe('a cell’s playlist', () => {
  it('begins at the first clip', async () => {
    const { playlist } = await open()
    expect(shape(playlist)).toEqual(['a:-', 'b:-', 'c:-'])
    expect(playlist.currentId.value).toBe('a')
    expect(playlist.total.value).toBe(3)
  })

  it('relabels the current clip, keeps it in place marked, goes on, and counts what is left in the cell', async () => {
    const { playlist } = await open()
    const next = await playlist.relabel({ classId: 'c-rain', name: 'rain' })
    await settle()
    expect(host.heard).toContainEqual(['labels.correct', { clipIds: ['a'], toClassId: 'c-rain' }])
    expect(next?.id).toBe('b')
    expect(playlist.currentId.value).toBe('b')
    expect(shape(playlist)).toEqual(['a:relabelled', 'b:-', 'c:-'])
    expect(playlist.total.value).toBe(2)
  })

  it('opens the clip again when the correction is undone', async () => {
    const { playlist } = await open()
    await playlist.relabel({ classId: 'c-rain', name: 'rain' })
    await settle()
    labels.set('a', 'dog')
    host.announce('clips.changed', { clipIds: ['a'] })
    await settle()
    expect(shape(playlist)).toEqual(['a:-', 'b:-', 'c:-'])
    expect(playlist.total.value).toBe(3)
  })

  it('keeps without touching the catalog, and goes round to what was skipped', async () => {
    const { playlist } = await open()
    playlist.move(1)
    expect(playlist.keep()?.id).toBe('c')
    expect(playlist.keep()?.id).toBe('a')
    expect(playlist.keep()).toBeNull()
    expect(host.heard.filter(([name]) => name !== 'clips.list')).toEqual([])
    expect(shape(playlist)).toEqual(['a:kept', 'b:kept', 'c:kept'])
  })

  it('does not mark a clip whose correction was refused', async () => {
    const { playlist } = await open()
    refusal = new AppError('no-space', 'The disk is full.')
    await expect(playlist.relabel({ classId: 'c-rain', name: 'rain' })).rejects.toThrow('The disk is full.')
    expect(shape(playlist)).toEqual(['a:-', 'b:-', 'c:-'])
    expect(playlist.isBusy.value).toBe(false)
  })

  it('forgets its decisions with its cell', async () => {
    const { query, playlist } = await open()
    playlist.keep()
    query.value = queryOf('run', { truth: 'rain', predicted: 'rain' })
    await settle()
    expect(shape(playlist)).toEqual([])
    query.value = queryOf('run', { truth: 'dog', predicted: 'rain' })
    await settle()
    expect(shape(playlist)).toEqual(['a:-', 'b:-', 'c:-'])
  })

  it('stops at the ends when stepped through', async () => {
    const { playlist } = await open()
    expect(playlist.move(-1)).toBeNull()
    playlist.move(1)
    playlist.move(1)
    expect(playlist.move(1)).toBeNull()
    expect(playlist.currentId.value).toBe('c')
  })
})
