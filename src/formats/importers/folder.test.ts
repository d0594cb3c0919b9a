import { describe, expect, it } from 'vitest'
import { folderImporter } from './folder'
import { detectImporter } from './importer'

const noBytes = (path: string): Promise<Uint8Array> => Promise.reject(new Error(`nobody should read ${path}`))
const read = (listing: string[]) => folderImporter.read({ listing, readBytes: noBytes })

async function readRows(listing: string[]): Promise<[string, string | null, string | null][]> {
  const { recordings } = await read(listing)
  return recordings.map(({ path, clips }) => [path, clips[0]!.labels[0]?.className ?? null, clips[0]!.fold])
}

describe('folder importer', () => {
  it('takes the first folder level as the class, however deep a file lies', async () => {
    expect(await readRows(['dog/a.wav', 'dog/deep/er/b.FLAC', 'rain/c.Mp3', 'loose.ogg'])).toEqual([
      ['dog/a.wav', 'dog', null],
      ['dog/deep/er/b.FLAC', 'dog', null],
      ['rain/c.Mp3', 'rain', null],
      ['loose.ogg', null, null],
    ])
    expect((await read(['rain/c.mp3', 'dog/a.wav', 'dog/b.wav'])).classes).toEqual([
      { name: 'dog', code: null, mid: null },
      { name: 'rain', code: null, mid: null },
    ])
  })

  it('takes folders and files whose names begin with a dash, or are words of JavaScript', async () => {
    expect(await readRows(['-x/-a.wav', '--help/b.wav', 'constructor/c.wav', '__proto__/d.wav'])).toEqual([
      ['-x/-a.wav', '-x', null],
      ['--help/b.wav', '--help', null],
      ['constructor/c.wav', 'constructor', null],
      ['__proto__/d.wav', '__proto__', null],
    ])
    expect(await readRows(['constructor/dog/c.wav', 'fold1/dog/d.wav'])).toEqual([
      ['constructor/dog/c.wav', 'constructor', null],
      ['fold1/dog/d.wav', 'fold1', null],
    ])
  })

  it('passes over hidden files and files that are not sound, and counts them', async () => {
    const plan = await read(['.DS_Store', 'dog/._a.wav', 'dog/a.wav', '.git/x.wav', '__MACOSX/dog/a.wav', 'notes.txt'])
    expect(plan.recordings.map(({ path }) => path)).toEqual(['dog/a.wav'])
    expect(plan.skipped).toBe(5)
  })

  it('keeps unicode paths as they are and gives one class to one name in two encodings', async () => {
    const composed = 'caf\u00e9/a.wav'
    const decomposed = 'cafe\u0301/b.wav'
    const plan = await read([decomposed, composed, '鳥の声/さえずり.WAV'])
    expect(plan.recordings.map(({ path }) => path)).toEqual([decomposed, composed, '鳥の声/さえずり.WAV'])
    expect(plan.classes.map(({ name }) => name)).toEqual(['caf\u00e9', '鳥の声'])
  })

  it('reads folds from fold1 … foldN and from train, validation and test', async () => {
    expect(await readRows(['fold1/dog/a.wav', 'fold_02/dog/b.wav', 'fold10/c.wav'])).toEqual([
      ['fold1/dog/a.wav', 'dog', '1'],
      ['fold_02/dog/b.wav', 'dog', '2'],
      ['fold10/c.wav', null, '10'],
    ])
    expect(await readRows(['train/dog/a.wav', 'Val/dog/b.wav', 'test/rain/x/c.wav'])).toEqual([
      ['train/dog/a.wav', 'dog', 'train'],
      ['Val/dog/b.wav', 'dog', 'validation'],
      ['test/rain/x/c.wav', 'rain', 'test'],
    ])
  })

  it('takes a split name for a class where other first-level folders are classes', async () => {
    expect(await readRows(['test/a.wav', 'dog/b.wav'])).toEqual([
      ['test/a.wav', 'test', null],
      ['dog/b.wav', 'dog', null],
    ])
  })

  it('is chosen for folders without metadata and not for folders without sound', () => {
    expect(detectImporter(['a/x.wav', 'b/y.wav'])?.importer.id).toBe('folder')
    expect(detectImporter(['a/x.wav', 'b/y.wav'])?.detection.summary).toBe('2 sound files in 2 class folders')
    expect(detectImporter(['x.wav'])?.detection.summary).toBe('1 sound file, no class folders')
    expect(detectImporter(['meta/esc50.csv', 'audio/x.wav'])?.importer.id).toBe('esc50')
    expect(detectImporter(['readme.txt', '.hidden.wav'])).toBeNull()
  })
})
