import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findLibraries, readLibrary, recallProof, rememberProof, writeManifest } from './native-manifest'
import { underLock } from './setup-lock'

const proof = { version: '2.21.0', isUsingGpu: false, loadMs: 700, productMs: 1, convolutionMs: 2 }

describe('native libraries on disk', () => {
  let parent = ''
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'earmark-native-'))
  })
  afterEach(() => rm(parent, { recursive: true }))

  async function makeLibrary(name: string, changes: Record<string, unknown> = {}): Promise<string> {
    const folder = join(parent, name)
    await mkdir(folder)
    await writeFile(join(folder, 'lib.so'), 'library')
    await writeManifest(folder, {
      schema: 1,
      machine: 'linux-x64',
      variant: 'cpu',
      tensorflow: '2.21.0',
      addon: { package: 'addon', version: '4.22.0', sha256: '' },
      wheels: [],
      compiler: 'g++ 12',
      files: [{ path: 'lib.so', bytes: 7 }],
      builtAt: '2026-01-01T00:00:00Z',
      proof,
      ...changes,
    })
    return folder
  }
  const reasonOf = (folder: string): string => {
    const found = readLibrary(folder, 'linux-x64')
    return found.manifest === null ? found.reason : 'usable'
  }

  it('are usable when what the manifest names is there', async () => {
    const folder = await makeLibrary('tensorflow-2.21.0-cpu-linux-x64-tfjs-4.22.0')
    expect(reasonOf(folder)).toBe('usable')
    await writeFile(join(folder, 'lib.so'), 'half')
    expect(reasonOf(folder)).toContain('lib.so has 4 bytes instead of 7')
    await rm(join(folder, 'lib.so'))
    expect(reasonOf(folder)).toContain('lib.so is missing')
    await writeFile(join(folder, 'manifest.json'), '{')
    expect(reasonOf(folder)).toContain('unfinished')
    expect(reasonOf(join(parent, 'nothing'))).toContain('unfinished')
  })

  it('are refused for another machine or another form of the manifest', async () => {
    expect(reasonOf(await makeLibrary('a', { machine: 'linux-arm64' }))).toBe(
      'it is for linux-arm64; this machine is linux-x64',
    )
    expect(reasonOf(await makeLibrary('b', { schema: 2 }))).toContain('another version of Earmark')
  })

  it('lie side by side: the version of this Earmark first, GPU before CPU, damaged ones last', async () => {
    const names = [
      'tensorflow-2.30.0-cpu-linux-x64-tfjs-4.30.0',
      'tensorflow-2.21.0-cpu-linux-x64-tfjs-4.22.0',
      'tensorflow-2.21.0-gpu-linux-x64-tfjs-4.22.0',
    ]
    for (const name of names) await makeLibrary(name)
    await mkdir(join(parent, `${names[0]}.partial`))
    await mkdir(join(parent, 'downloads'))
    const order = (): string[] =>
      findLibraries(parent, 'linux-x64').map(({ folder }) => folder.slice(parent.length + 1))
    expect(order()).toEqual([names[2], names[1], names[0]])
    await rm(join(parent, names[2]!, 'manifest.json'))
    expect(order()).toEqual([names[1], names[0], names[2]])
    expect(findLibraries(join(parent, 'nothing'))).toEqual([])
  })

  it('remember their proof for one addon and one runtime', async () => {
    const folder = await makeLibrary('a')
    expect(recallProof(folder, 'key')).toBeNull()
    rememberProof(folder, 'key', proof)
    expect(recallProof(folder, 'key')).toEqual(proof)
    expect(recallProof(folder, 'other')).toBeNull()
    expect(() => rememberProof(join(parent, 'nothing'), 'key', proof)).not.toThrow()
  })

  it('are set up by one process at a time', async () => {
    const lock = join(parent, 'setup.lock')
    await writeFile(lock, String(process.ppid))
    const busy = underLock(lock, async () => 1)
    await expect(busy).rejects.toMatchObject({
      code: 'conflict',
      message: `Another setup is running (process ${process.ppid}).`,
    })
    // Its owner has died: process numbers end well below this one.
    await writeFile(lock, '99999999')
    expect(await underLock(lock, async () => 2)).toBe(2)
    await expect(underLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await underLock(lock, async () => 3)).toBe(3)
  })
})
