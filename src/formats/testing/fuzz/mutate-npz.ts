import { unzipSync, zipSync } from 'fflate'
import { concat, mutateBytes } from './mutate-bytes'
import { mutateText } from './mutate-text'
import { below, isOneIn, pick, pickWeighted, type Random } from './random'

/** A NumPy array file with this head, right or not. */
export function npyFile(head: string, data: Uint8Array, version = 1, length = head.length): Uint8Array {
  const start = new Uint8Array(version > 1 ? 12 : 10)
  start.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0])
  const view = new DataView(start.buffer)
  if (version > 1) view.setUint32(8, length >>> 0, true)
  else view.setUint16(8, length & 0xffff, true)
  return concat(start, new TextEncoder().encode(head), data)
}

const shapes = [
  '()',
  '(0,)',
  '(1,)',
  '(1000000000,)',
  '(4294967296, 4294967296, 4294967296)',
  '(0, 1000000000000)',
  '(1e9,)',
  '(-1,)',
  '(2, 0, 3)',
  '(99999999999999999999,)',
]
const types = ['<f4', '>f4', '<f8', '<i4', '<i8', '|S0', '|S1', '|S12', '|S999999999', '<U4', '|O', '|b1', 'f', '|V8']

/** Damages an array file, knowing of its head: shapes that claim gigabytes, other types, other orders. */
export function mutateNpy(bytes: Uint8Array, random: Random): Uint8Array {
  const length = bytes.length < 10 ? 0 : bytes[8]! + bytes[9]! * 256
  if (length === 0 || isOneIn(random, 4)) return mutateBytes(bytes, random)
  const data = bytes.subarray(10 + length)
  const head = new TextDecoder().decode(bytes.subarray(10, 10 + length))
  return pickWeighted<() => Uint8Array>(random, [
    [4, () => npyFile(head.replace(/\([\d, ]*\)/, pick(random, shapes)), data)],
    [3, () => npyFile(head.replace(/'descr': '[^']*'/, `'descr': '${pick(random, types)}'`), data)],
    [1, () => npyFile(head.replace('False', 'True'), data)],
    [2, () => npyFile(mutateText(head, random), data)],
    [1, () => npyFile(head, data, 2)],
    [1, () => npyFile(head, data, pick(random, [1, 2, 3]), pick(random, [0, 1, 0xffff, 0xffffffff]))],
    [3, () => npyFile(head, mutateBytes(data, random))],
  ])()
}

const names = ['../keys.npy', '/records.npy', 'C:\\keys.npy', 'keys.npy/', 'constructor', 'features.npy', 'x.npy', '']

/** Where a zip's directory stands, as its last record says. */
function directoryOf(zip: Uint8Array): number {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  for (let at = zip.length - 22; at >= 0; at--)
    if (view.getUint32(at, true) === 0x06054b50) return view.getUint32(at + 16, true)
  return 0
}

/** Damages a zip, knowing of entries and of the sizes that its directory claims. */
export function mutateNpz(bytes: Uint8Array, random: Random): Uint8Array {
  if (isOneIn(random, 6)) return mutateBytes(bytes, random)
  const files = new Map<string, Uint8Array>(Object.entries(unzipSync(bytes)))
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const name = pick(random, [...files.keys()])
    const own = files.get(name) ?? new Uint8Array()
    const kind = random()
    if (kind < 0.6) files.set(name, mutateNpy(own, random))
    else if (kind < 0.7) files.set(pick(random, names), own)
    else if (kind < 0.75 && files.size > 1) files.delete(name)
    else if (kind < 0.8) files.set(name, files.get(pick(random, [...files.keys()])) ?? own)
    // What packs well: a bomb, though a small one.
    else if (kind < 0.83) files.set(name, concat(own, new Uint8Array(3_000_000)))
  }
  const level = pick(random, [0, 6] as const)
  const zip = zipSync(Object.fromEntries(files), { level })
  if (isOneIn(random, 2)) return zip
  // Of the directory: methods, flags, sizes, lengths of names, places.
  const view = new DataView(zip.buffer)
  const start = Math.min(directoryOf(zip), zip.length - 30)
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const at = start + below(random, zip.length - start - 4)
    if (isOneIn(random, 2))
      view.setUint32(at, pick(random, [0, 1, 0xffffffff, 0xfffffffe, 0x7fffffff, zip.length]), true)
    else view.setUint16(at, pick(random, [0, 1, 8, 9, 99, 0xffff]), true)
  }
  return zip
}
