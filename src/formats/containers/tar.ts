/** Tar archives (POSIX.1-1988 ustar, with pax paths when read): files only; what climbs out of the folder is refused. */

const blockBytes = 512

export interface TarEntry {
  path: string
  bytes: Uint8Array
}

/** What an archive holds, and what was left of it, with the reason. */
export interface TarContent {
  entries: TarEntry[]
  refused: { path: string; reason: string }[]
}

/** Header, content and padding of one file. @throws RangeError where the path is longer than ustar holds */
export function writeTarEntry(path: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const name = encoder.encode(path)
  if (name.length > 100) throw new RangeError(`${path} is longer than a tar header holds`)
  const entry = new Uint8Array(blockBytes + Math.ceil(bytes.length / blockBytes) * blockBytes)
  const put = (at: number, text: string): void => entry.set(encoder.encode(text), at)
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
  entry.set(name)
  put(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(bytes.length, 11)}\0${octal(0, 11)}\0`)
  put(148, '        0')
  put(257, 'ustar\u000000')
  let sum = 0
  for (let i = 0; i < blockBytes; i++) sum += entry[i]!
  put(148, `${octal(sum, 6)}\0 `)
  entry.set(bytes, blockBytes)
  return entry
}

/** Two blocks of zeros, padded as GNU tar pads to a record of 20 blocks where `size` is what went before. */
export function endTar(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const record = 20 * blockBytes
  const rest = (sizeBytes + 2 * blockBytes) % record
  return new Uint8Array(2 * blockBytes + (rest === 0 ? 0 : record - rest))
}

/** Reads an archive. Links, devices and paths out of the folder are refused; an archive that breaks off is read as far. */
export function readTar(bytes: Uint8Array): TarContent {
  const content: TarContent = { entries: [], refused: [] }
  let longName: string | null = null
  let at = 0
  while (at + blockBytes <= bytes.length) {
    const header = bytes.subarray(at, at + blockBytes)
    if (header.every((value) => value === 0)) return content
    const size = readNumber(header.subarray(124, 136))
    if (!hasChecksum(header) || size === null || at + blockBytes + size > bytes.length) {
      content.refused.push({
        path: nameOf(longName ?? textOf(header.subarray(0, 100))),
        reason: 'the archive is damaged from here on',
      })
      return content
    }
    const body = bytes.subarray(at + blockBytes, at + blockBytes + size)
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes
    const kind = String.fromCharCode(header[156]!)
    if (kind === 'x' || kind === 'L') {
      longName = kind === 'L' ? textOf(body) : (paxPath(body) ?? longName)
      continue
    }
    if (kind === 'g' || kind === '5') {
      longName = null
      continue
    }
    const prefix = textOf(header.subarray(257, 262)) === 'ustar' ? textOf(header.subarray(345, 500)) : ''
    const path: string = longName ?? `${prefix === '' ? '' : `${prefix}/`}${textOf(header.subarray(0, 100))}`
    longName = null
    const plain = path.replace(/^(\.\/)+/, '')
    const reason = refuse(plain, kind)
    if (reason === null) content.entries.push({ path: plain, bytes: body })
    else content.refused.push({ path: nameOf(path), reason })
  }
  if (at < bytes.length) content.refused.push({ path: 'end of the archive', reason: 'it breaks off within a block' })
  return content
}

const nameOf = (path: string): string => (path === '' ? 'entry without a name' : path)

function refuse(path: string, kind: string): string | null {
  if (kind === '1' || kind === '2') return 'a link: it was left'
  if (kind !== '0' && kind !== '\0' && kind !== '7') return 'no plain file: it was left'
  if (path === '' || path === '.') return 'it has no name: it was left'
  const parts = path.split(/[/\\]/)
  if (path.startsWith('/') || /^[a-z]:/i.test(path) || parts.includes('..'))
    return 'the path leads out of the folder: it was left'
  return null
}

function hasChecksum(header: Uint8Array): boolean {
  let sum = 0
  for (let i = 0; i < blockBytes; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!
  return sum === readNumber(header.subarray(148, 156))
}

/** Octal digits, or the binary form that GNU tar uses beyond 8 GiB. */
function readNumber(field: Uint8Array): number | null {
  if (field[0]! & 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
    return Number.isSafeInteger(value) ? value : null
  }
  const text = textOf(field).trim()
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : null
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

/** The path of a pax header: records of `length key=value`, each ended by a line feed. */
function paxPath(body: Uint8Array): string | null {
  const match = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(new TextDecoder().decode(body))
  return match?.[1] ?? null
}
