import { describe, expect, it } from 'vitest'
import { canReport, readFoundLink, readPipReport, selectionArguments } from './fetch-wheel'
import { packedFileName } from './fetch-package'
import { describeMachine, libraryFolderName, nativeFolder } from './native-folder'
import { addonPackage, findWheels } from './pins'

const pin = findWheels('linux-x64', 'cpu')![0]!
const report = (file: string, sha256: string | null): string =>
  JSON.stringify({
    version: '1',
    install: [
      {
        download_info: {
          url: `https://example.org/packages/6f/07/${file}#egg`,
          archive_info: sha256 === null ? {} : { hashes: { sha256 } },
        },
      },
    ],
  })

describe('pip’s report', () => {
  it('names the place of the pinned wheel', () => {
    const url = `https://example.org/packages/6f/07/${pin.file}#egg`
    expect(readPipReport(report(pin.file, pin.sha256), pin)).toEqual({ url, sha256: pin.sha256 })
    expect(readPipReport(report(pin.file, null), pin)).toEqual({ url, sha256: null })
  })

  it('is refused with a wheel of another platform or another checksum', () => {
    const arm = pin.file.replace('x86_64', 'aarch64')
    expect(() => readPipReport(report(arm, pin.sha256), pin)).toThrow(/pip offers .*aarch64\.whl for this machine/)
    expect(() => readPipReport(report(pin.file, 'abc'), pin)).toThrow(/the checksum abc, not/)
  })

  it('is null where pip printed none', () => {
    expect(readPipReport('Would install', pin)).toBeNull()
    expect(readPipReport('{"install": []}', pin)).toBeNull()
  })
})

describe('an older pip', () => {
  it('is one that fetches the wheel for its report', () => {
    const versions = ['pip 22.0.2 from /usr', 'pip 23.2.1', 'pip 23.3', 'pip 24.0', 'pip 26.1.dev0', 'something']
    expect(versions.map(canReport)).toEqual([false, false, true, true, true, false])
  })

  it('names the place among the links that it finds', () => {
    const link = (file: string, fragment: string): string =>
      `Found link https://example.org/p/${file}${fragment} (from https://example.org/simple/) (requires-python:>=3.10)`
    const place = { url: `https://example.org/p/${pin.file}`, sha256: pin.sha256 }
    expect(readFoundLink(link(pin.file, `#sha256=${pin.sha256}`), pin)).toEqual(place)
    expect(readFoundLink(link(pin.file, ''), pin)).toEqual({ ...place, sha256: null })
    expect(readFoundLink(link('tensorflow_cpu-2.20.0-cp312-cp312-x.whl', ''), pin)).toBeNull()
    expect(readFoundLink(`Skipping link: none of the tags: ${place.url}`, pin)).toBeNull()
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
