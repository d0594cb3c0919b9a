// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { newPicture, type PictureChoices } from '../../shared/contract/picture'
import { AppError } from '../../shared/errors'
import { type FakeHost, installFakeHost } from '../testing/fake-host'
import { usePictureStore } from './picture'

describe('the picture of a catalog and of a person', () => {
  let kept: PictureChoices
  let refuses: boolean
  let host: FakeHost
  const open = () => {
    setActivePinia(createPinia())
    return usePictureStore()
  }
  beforeEach(() => {
    localStorage.clear()
    kept = { ...newPicture(), scale: 'linear', rangeDb: 60 }
    refuses = false
    host = installFakeHost({
      'picture.get': () => kept,
      'picture.set': (picture: PictureChoices) => {
        if (refuses) throw new AppError('no-permission', 'read-only')
        kept = picture
      },
    })
  })

  it('is the catalog’s but for what the person has set, which outlives the window', async () => {
    const store = open()
    await vi.waitFor(() => expect(store.choices).toEqual(kept))
    store.choose({ rangeDb: 100 })
    expect([store.choices.rangeDb, store.choices.scale, store.isOwn]).toEqual([100, 'linear', true])
    await vi.waitFor(() => expect(localStorage.getItem('earmark.picture')).toContain('100'))
    const again = open()
    await vi.waitFor(() => expect(again.choices.scale).toBe('linear'))
    expect(again.choices.rangeDb).toBe(100)
    again.choose({ rangeDb: 60 })
    expect(again.isOwn).toBe(false)
  })

  it('has the catalog’s colours, the person’s own before them, and magma where neither says any', async () => {
    const { colormap, ...older } = { ...kept, colormap: 'viridis' }
    kept = { ...older, colormap }
    const store = open()
    await vi.waitFor(() => expect(store.colormap).toBe('viridis'))
    store.choose({ colormap: 'cividis' })
    expect(store.colormap).toBe('cividis')
    store.reset()
    kept = older
    host.announce('workspace.changed', {})
    await vi.waitFor(() => expect(store.colormap).toBe('magma'))
  })

  it('is heard again when another window changes the catalog’s', async () => {
    const store = open()
    await vi.waitFor(() => expect(store.choices.rangeDb).toBe(60))
    kept = { ...kept, rangeDb: 70 }
    host.announce('workspace.changed', {})
    await vi.waitFor(() => expect(store.choices.rangeDb).toBe(70))
  })

  it('can be given to everybody; refused, it stays the person’s', async () => {
    const store = open()
    await vi.waitFor(() => expect(store.choices.rangeDb).toBe(60))
    store.choose({ window: 'nuttall' })
    refuses = true
    await store.share()
    expect([store.isOwn, kept.window]).toEqual([true, 'hann'])
    refuses = false
    await store.share()
    expect([store.isOwn, kept.window, kept.rangeDb]).toEqual([false, 'nuttall', 60])
    store.choose({ gainDb: 6 })
    store.reset()
    expect(store.choices).toEqual(kept)
  })
})
