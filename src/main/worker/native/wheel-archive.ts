/** Reads a wheel (a zip archive) part by part, without holding it in memory. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { AppError } from '../../../shared/errors'

export interface ArchiveEntry {
  path: string
  crc: number
  packedBytes: number
  bytes: number
  isDeflated: boolean
  /** A program, by the Unix mode that the archive keeps. */
  isProgram: boolean
  /** Where its local header begins. */
  offset: number
}

const endBytes = 22
const longestComment = 65_535

/**
 * The archive's list of files (PKWARE's APPNOTE, section 4.3.12), folders left out.
 *
 * @throws AppError 'bad-file' when the file is no whole zip archive (half a download, another format, zip64)
 */
export async function listArchive(path: string): Promise<ArchiveEntry[]> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const tail = await read(file, Math.max(0, size - endBytes - longestComment), size)
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
    if (end < 0) throw new AppError('bad-file', `${path} is not a whole zip archive: its list of files is missing.`)
    const count = tail.readUInt16LE(end + 10)
    const listBytes = tail.readUInt32LE(end + 12)
    const listOffset = tail.readUInt32LE(end + 16)
    if (listOffset === 0xffffffff) throw new AppError('bad-file', `${path} is a zip64 archive; these are not read.`)
    return parseList(await read(file, listOffset, listOffset + listBytes), count, path)
  } finally {
    await file.close()
  }
}

async function read(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
  return buffer.subarray(0, bytesRead)
}

function parseList(list: Buffer, count: number, path: string): ArchiveEntry[] {
  const entries: ArchiveEntry[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== 0x02014b50)
      throw new AppError('bad-file', `${path} is damaged: its list of files ends at ${index} of ${count}.`)
    const nameBytes = list.readUInt16LE(at + 28)
    const name = list.toString('utf8', at + 46, at + 46 + nameBytes)
    const method = list.readUInt16LE(at + 10)
    if (method !== 0 && method !== 8)
      throw new AppError('bad-file', `${path}: ${name} is packed in a way that is not read (method ${method}).`)
    if (!name.endsWith('/'))
      entries.push({
        path: name,
        crc: list.readUInt32LE(at + 16),
        packedBytes: list.readUInt32LE(at + 20),
        bytes: list.readUInt32LE(at + 24),
        isDeflated: method === 8,
        isProgram: ((list.readUInt32LE(at + 38) >>> 16) & 0o111) !== 0,
        offset: list.readUInt32LE(at + 42),
      })
    at += 46 + nameBytes + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32)
  }
  return entries
}

/**
 * Unpacks entries below `folder`, each checked against its size and CRC-32. A file that fails is removed.
 *
 * @param onBytes hears how many unpacked bytes were written since the last call
 * @throws AppError 'bad-file' for an entry that leaves `folder` or comes out wrong
 */
export async function unpackEntries(
  archive: string,
  entries: ArchiveEntry[],
  folder: string,
  onBytes: (bytes: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const file = await open(archive, 'r')
  try {
    for (const entry of entries) {
      signal?.throwIfAborted()
      if (entry.path.startsWith('/') || entry.path.split(/[\\/]/).includes('..'))
        throw new AppError('bad-file', `${archive}: ${entry.path} would be written outside its folder.`)
      await unpackEntry(archive, file, entry, join(folder, entry.path), onBytes, signal)
    }
  } finally {
    await file.close()
  }
}

async function unpackEntry(
  archive: string,
  file: FileHandle,
  entry: ArchiveEntry,
  target: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  // The local header repeats the name and has fields of its own length.
  const header = await read(file, entry.offset, entry.offset + 30)
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  await mkdir(dirname(target), { recursive: true })
  const mode = entry.isProgram ? 0o755 : 0o644
  let crc = 0
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc)
      bytes += chunk.length
      onBytes(chunk.length)
      done(null, chunk)
    },
  })
  try {
    if (entry.packedBytes === 0) await pipeline(emptyStream(), count, createWriteStream(target, { mode }))
    else {
      const packed = createReadStream(archive, { start, end: start + entry.packedBytes - 1, highWaterMark: 1 << 20 })
      if (entry.isDeflated)
        await pipeline(packed, createInflateRaw(), count, createWriteStream(target, { mode }), { signal })
      else await pipeline(packed, count, createWriteStream(target, { mode }), { signal })
    }
    if (bytes !== entry.bytes || crc !== entry.crc)
      throw new AppError('bad-file', `${archive} is damaged: ${entry.path} does not come out as it was packed.`)
  } catch (error) {
    await rm(target, { force: true })
    throw error
  }
}

async function* emptyStream(): AsyncGenerator<Buffer> {
  // No chunk: an empty file.
}
