import { describe, expect, it } from 'vitest'
import { logmelFrontEnd } from '../../../dsp/presets'
import { AppError } from '../../../shared/errors'
import type { MediaInput, MediaOutput, MediaTaskKind } from '../../media/media-task'
import type { MediaRunner } from './features'
import { SoundKeep } from './sound-keep'

const samplesOf = (path: string): Float32Array => new Float32Array(100).fill(Number(path))

/** Sounds of a hundred samples, of which one is part of a longer recording and one cannot be read. */
function makeMedia(): MediaRunner & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    run<K extends MediaTaskKind>(kind: K, { path }: MediaInput<K>): Promise<MediaOutput<K>> {
      asked.push(`${kind} ${path}`)
      if (path === 'bad') return Promise.reject(new AppError('bad-file', 'bad'))
      const samples = samplesOf(path)
      return Promise.resolve({ samples, sampleRateHz: 22_050, isWhole: path !== '7' } as unknown as MediaOutput<K>)
    },
  }
}

const span = (path: number | string) => ({ path: String(path), startSeconds: 0, endSeconds: 1 })

describe('sounds of a training', () => {
  it('are read once, however often and however soon they are wanted, and shared between threads', async () => {
    const media = makeMedia()
    const keep = new SoundKeep(media, logmelFrontEnd)
    const [first, second] = await Promise.all([keep.give(span(1)), keep.give(span(1))])
    expect(first.samples).toEqual(samplesOf('1'))
    expect(first.samples!.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(second.samples).toBe(first.samples)
    expect((await keep.giveMaterial({ ...span(2), place: 0.5 })).samples).toEqual(samplesOf('2'))
    await keep.giveMaterial({ ...span(2), place: 0.9 })
    expect(media.asked).toEqual(['samples 1', 'excerpt 2'])
    expect(keep.keptBytes).toBe(800)
  })

  it('are no more than fit: others are left to be read anew', async () => {
    const media = makeMedia()
    const keep = new SoundKeep(media, logmelFrontEnd, 1000)
    for (const path of [1, 2, 3, 4, 3, 1]) {
      const { samples } = await keep.give(span(path))
      expect(samples).toEqual(path <= 2 ? samplesOf(String(path)) : undefined)
    }
    expect(keep.keptBytes).toBe(800)
    expect(media.asked.filter((asked) => asked === 'samples 1')).toHaveLength(1)
  })

  it('of which a draw takes a part are not kept', async () => {
    const keep = new SoundKeep(makeMedia(), logmelFrontEnd)
    expect(await keep.giveMaterial({ ...span(7), place: 0.5 })).toEqual({ ...span(7), place: 0.5 })
    expect(keep.keptBytes).toBe(0)
  })

  it('that cannot be read say so', async () => {
    const keep = new SoundKeep(makeMedia(), logmelFrontEnd)
    await expect(keep.give(span('bad'))).rejects.toMatchObject({ code: 'bad-file' })
  })
})
