import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeClip } from '../../formats/testing/made-clips'
import { ClipFile, FoundClips } from './clip-file'
import { JsonLines } from './json-lines'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earmark-clip-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Lines of a few hundred bytes, some longer than the pieces that the file is read in, with signs of several bytes. */
const clips = Array.from({ length: 9000 }, (_, n) =>
  makeClip(`é日${n}`, { note: n % 1500 === 7 ? '鳥 '.repeat(400_000) : 'x'.repeat(n % 300) }),
)

function open(): ClipFile {
  const path = join(folder, 'clips.jsonl')
  writeFileSync(path, clips.map((clip) => `${JSON.stringify(clip)}\n`).join(''))
  return new ClipFile(path)
}

it('walks the clips of a file as often as one likes, and finds each by its place', () => {
  const file = open()
  expect(file.length).toBe(9000)
  for (let time = 0; time < 2; time++) {
    let place = 0
    for (const clip of file) if (clip.id !== clips[place++]!.id) throw new Error(`${place} is ${clip.id}`)
    expect(place).toBe(9000)
  }
  for (const place of [0, 8999, 7, 8, 1507, 4000, 3999, 4001]) expect(file.at(place)).toEqual(clips[place])
  expect(file.at(9000)).toBeUndefined()
  expect(file.at(-1)).toBeUndefined()
  // Two that walk at once do not disturb each other.
  const [one, other] = [file[Symbol.iterator](), file[Symbol.iterator]()]
  for (let n = 0; n < 100; n++) one.next()
  expect([(one.next().value as { id: string }).id, (other.next().value as { id: string }).id]).toEqual([
    clips[100]!.id,
    clips[0]!.id,
  ])
  file.close()
})

it('walks the marked ones, each with what its recording is', () => {
  const file = open()
  const found = new FoundClips(file)
  for (const place of [3, 7, 5000, 8999]) found.mark(place, place === 7 ? null : 'flac')
  expect(found.length).toBe(4)
  expect(Array.from(found, ({ id, container }) => [id, container])).toEqual([
    [clips[3]!.id, 'flac'],
    [clips[7]!.id, null],
    [clips[5000]!.id, 'flac'],
    [clips[8999]!.id, 'flac'],
  ])
  expect(found.at(2)).toMatchObject({ id: clips[5000]!.id, container: 'flac' })
  expect(found.at(4)).toBeUndefined()
  file.close()
})

it('is empty where the file is, and a list that grows gives what is there', () => {
  writeFileSync(join(folder, 'none'), '')
  const none = new ClipFile(join(folder, 'none'))
  expect([...none]).toEqual([])
  none.close()
  const lines = new JsonLines<{ n: number }>(join(folder, 'lines'))
  expect([...lines]).toEqual([])
  for (let n = 0; n < 20_000; n++) lines.add({ n })
  expect(lines.length).toBe(20_000)
  expect(Array.from(lines, ({ n }) => n).at(-1)).toBe(19_999)
  lines.add({ n: -1 })
  expect([...lines]).toHaveLength(20_001)
  lines.remove()
  expect([...lines]).toEqual([])
})
