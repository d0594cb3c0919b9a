import { describe, expect, it } from 'vitest'
import { readFoundLink, selectionArguments } from './fetch-wheel'
import { packedFileName } from './fetch-package'
import { describeMachine, libraryFolderName, nativeFolder } from './native-folder'
import { addonPackage, findWheels } from './pins'

const pin = findWheels('linux-x64', 'cpu')![0]!

describe('pip’s log', () => {
  const link = (file: string, fragment: string): string =>
    `Found link https://example.org/p/${file}${fragment} (from https://example.org/simple/) (requires-python:>=3.10)`

  it('names the place of the pinned wheel', () => {
    const place = `https://example.org/p/${pin.file}`
    expect(readFoundLink(link(pin.file, `#sha256=${pin.sha256}`), pin)).toBe(place)
    expect(readFoundLink(link(pin.file, ''), pin)).toBe(place)
    expect(readFoundLink(link('tensorflow_cpu-2.20.0-cp312-cp312-x.whl', ''), pin)).toBeNull()
    expect(readFoundLink(`Skipping link: none of the tags: ${place}`, pin)).toBeNull()
  })

  it('is not followed to a wheel of another checksum', () => {
    expect(() => readFoundLink(link(pin.file, `#sha256=${'a'.repeat(64)}`), pin)).toThrow(/the checksum a{64}, not/)
  })
})

describe('the pins', () => {
  it('are whole and of one platform', () => {
    for (const [machine, word] of [
      ['linux-x64', 'x86_64'],
      ['linux-arm64', 'aarch64'],
    ] as const)
      for (const variant of ['cpu', 'gpu'] as const)
        for (const wheel of findWheels(machine, variant) ?? []) {
          expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/)
          expect(wheel.file).toContain(word)
          expect(wheel.file.startsWith(`${wheel.project.replaceAll('-', '_')}-${wheel.version}-`)).toBe(true)
          expect(selectionArguments(wheel)).toEqual(expect.arrayContaining(['--platform', wheel.platform]))
        }
    expect(findWheels('linux-x64', 'gpu')!.length).toBe(13)
    expect(findWheels('linux-arm64', 'gpu')).toBeNull()
    expect(findWheels('darwin-arm64', 'cpu')).toBeNull()
  })

  it('give each pair of versions a folder', () => {
    const versions = { tensorflow: '2.21.0', addon: '4.22.0' }
    expect(libraryFolderName(versions, 'cpu', describeMachine('linux', 'x64'))).toBe(
      'tensorflow-2.21.0-cpu-linux-x64-tfjs-4.22.0',
    )
    expect(packedFileName(addonPackage)).toBe('tensorflow-tfjs-node-gpu-4.22.0.tgz')
  })

  it('lie in the person’s cache', () => {
    expect(nativeFolder({ EARMARK_NATIVE_FOLDER: '/a', EARMARK_USER_FOLDER: '/b' }, 'linux')).toBe('/a')
    expect(nativeFolder({ EARMARK_USER_FOLDER: '/b' }, 'linux')).toBe('/b/native')
    expect(nativeFolder({ XDG_CACHE_HOME: '/c' }, 'linux')).toBe('/c/earmark/native')
  })
})
