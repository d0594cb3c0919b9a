import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endTar, readTar, writeTarEntry } from './tar'

const bytes = new TextEncoder().encode('sound')
const whole = (...entries: Uint8Array[]): Uint8Array => Buffer.concat([...entries, endTar(1024)])

describe('tar', () => {
  it('writes what GNU tar lists and reads what GNU tar writes, with long names, and without links', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earmark-tar-'))
    writeFileSync(join(folder, 'ours.tar'), whole(writeTarEntry('Vögel.wav', bytes), writeTarEntry('a.json', bytes)))
    const listed = execFileSync('tar', ['-xOf', join(folder, 'ours.tar'), 'Vögel.wav'], { encoding: 'utf8' })
    expect(listed).toBe('sound')
    const long = `${'long-name-'.repeat(15)}.wav`
    writeFileSync(join(folder, long), 'sound')
    symlinkSync('/etc/passwd', join(folder, 'link.wav'))
    for (const format of ['gnu', 'pax']) {
      execFileSync('tar', [`--format=${format}`, '-cf', 'theirs.tar', long, 'link.wav'], { cwd: folder })
      const { entries, refused } = readTar(readFileSync(join(folder, 'theirs.tar')))
      expect(entries.map((entry) => entry.path)).toEqual([long])
      expect(refused).toEqual([{ path: 'link.wav', reason: 'a link: it was left' }])
    }
  })

  it.each(['../out.wav', '/etc/passwd', 'a/../../b.wav', 'C:/x.wav', 'a\\..\\b.wav'])('refuses %s', (path) => {
    expect(readTar(whole(writeTarEntry(path, bytes)))).toMatchObject({
      entries: [],
      refused: [{ path, reason: 'the path leads out of the folder: it was left' }],
    })
  })

  it('takes what comes before the damage', () => {
    const archive = whole(writeTarEntry('a.wav', bytes), writeTarEntry('b.wav', bytes))
    archive[1024 + 3]! ^= 1
    const { entries, refused } = readTar(archive)
    expect(entries.map((entry) => entry.path)).toEqual(['a.wav'])
    expect(refused[0]!.reason).toMatch(/damaged/)
  })
})
