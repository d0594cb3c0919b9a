import { readTar } from '../../containers/tar'
import { concat, mutateBytes, randomBytes } from './mutate-bytes'
import { below, isOneIn, pick, pickWeighted, type Random } from './random'

const block = 512

/** A header of an entry, as right or as wrong as it is told. */
export interface TarHeader {
  path: string
  body: Uint8Array
  /** The kind of entry: 0 a file, 1 a hard link, 2 a symbolic link, 5 a folder, L a long name, x and g pax headers. */
  kind?: string
  linksTo?: string
  prefix?: string
  /** The text of the size's field, where it is not the body's length in octal digits. */
  size?: Uint8Array | string
  isChecksumWrong?: boolean
}

export function tarEntry({ path, body, kind = '0', linksTo = '', prefix = '', ...given }: TarHeader): Uint8Array {
  const encoder = new TextEncoder()
  const header = new Uint8Array(block)
  const put = (at: number, most: number, value: string | Uint8Array): void =>
    header.set((typeof value === 'string' ? encoder.encode(value) : value).subarray(0, most), at)
  put(0, 100, path)
  put(100, 24, '0000644\x000000000\x000000000\x00')
  put(124, 12, given.size ?? `${body.length.toString(8).padStart(11, '0')}\0`)
  put(136, 12, '00000000000\0')
  put(156, 1, kind)
  put(157, 100, linksTo)
  put(257, 8, 'ustar\x0000')
  put(345, 155, prefix)
  header.fill(32, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, given.isChecksumWrong ? 1 : 0)
  put(148, 8, `${sum.toString(8).padStart(6, '0')}\0 `)
  const padded = new Uint8Array(Math.ceil(body.length / block) * block)
  padded.set(body)
  return concat(header, padded)
}

/** GNU tar's binary form of a size, for those beyond 8 GiB. */
export function binarySize(value: bigint): Uint8Array {
  const field = new Uint8Array(12)
  new DataView(field.buffer).setBigUint64(4, value)
  field[0] = 0x80
  return field
}

const climbing = [
  '../x.wav',
  '/etc/x.wav',
  'a/../../x.wav',
  'C:/x.wav',
  'c:x.wav',
  '..\\x.wav',
  'a\\..\\..\\x.wav',
  '..',
]
const oddNames = [
  '',
  '.',
  './',
  './x.wav',
  'a//b.wav',
  'x\ny.wav',
  '\u0000x.wav',
  '.wav',
  '..wav',
  'x.',
  'é'.repeat(60),
]

function oddHeader(header: TarHeader, random: Random): TarHeader {
  return pickWeighted<() => TarHeader>(random, [
    [4, () => ({ ...header, path: pick(random, climbing) })],
    [2, () => ({ ...header, path: pick(random, oddNames) })],
    [3, () => ({ ...header, kind: pick(random, [...'1234567xgLKSVDMN\0\xff']), linksTo: pick(random, climbing) })],
    [2, () => ({ ...header, size: binarySize(pick(random, [0n, 1n << 33n, 1n << 62n, (1n << 64n) - 1n])) })],
    [2, () => ({ ...header, size: pick(random, ['77777777777\0', '', '-1', '99999999999', ' 12 ', '00000000001\0']) })],
    [1, () => ({ ...header, isChecksumWrong: true })],
    [1, () => ({ ...header, prefix: pick(random, ['..', '/', 'a/b', 'x'.repeat(155)]) })],
    [1, () => ({ ...header, body: randomBytes(random, below(random, 2000)) })],
  ])()
}

/** A pax header or a long name of GNU tar's, for the entry after it. */
function longName(random: Random): TarHeader {
  const path = pick(random, [...climbing, ...oddNames, `${'long/'.repeat(60)}x.wav`])
  const encoder = new TextEncoder()
  if (isOneIn(random, 2)) return { path: '././@LongLink', kind: 'L', body: encoder.encode(`${path}\0`) }
  const record = ` path=${path}\n`
  const length = pick(random, [record.length + 2, record.length + 2, 1e9, -5, 0])
  const size = pick(random, ['', '', '12 size=999999999999\n'])
  return { path: 'PaxHeader/x', kind: pick(random, ['x', 'g']), body: encoder.encode(`${length}${record}${size}`) }
}

/** Damages an archive, knowing of entries: names that climb, links, sizes that lie, and content by `mutateBody`. */
export function mutateTar(
  bytes: Uint8Array,
  random: Random,
  mutateBody: (path: string, body: Uint8Array, random: Random) => Uint8Array,
): Uint8Array {
  if (isOneIn(random, 5)) return mutateBytes(bytes, random)
  const entries = readTar(bytes).entries.map(({ path, bytes: body }): TarHeader => ({ path, body }))
  for (let times = 1 + below(random, 4); times > 0 && entries.length > 0; times--) {
    const at = below(random, entries.length)
    const own = entries[at]!
    const kind = random()
    if (kind < 0.35) entries[at] = oddHeader(own, random)
    else if (kind < 0.75) entries[at] = { ...own, body: mutateBody(own.path, own.body, random) }
    else if (kind < 0.85) entries.splice(at, 0, longName(random))
    else if (kind < 0.9) entries.splice(at, 1)
    else if (kind < 0.95) entries.push(own)
    else entries.splice(at, 0, ...Array.from({ length: below(random, 300) }, () => own))
  }
  const end = pick(random, [0, block, 2 * block, 2 * block, 2 * block, 7])
  return concat(...entries.map(tarEntry), new Uint8Array(end))
}
