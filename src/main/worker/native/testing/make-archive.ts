/** Small archives for tests, as package indexes serve them. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface Part {
  path: string
  content: Buffer
  isStored?: boolean
  mode?: number
  crc?: number
}

/** A zip archive as pip's wheels are: local headers with an extra field, then the list. */
export function makeArchive(parts: Part[]): Buffer {
  const body: Buffer[] = []
  const list: Buffer[] = []
  let offset = 0
  for (const { path, content, isStored = false, mode = 0o644, crc = crc32(content) } of parts) {
    const packed = isStored ? content : deflateRawSync(content)
    const fields = (size: number, signature: number, at: number): Buffer => {
      const header = Buffer.alloc(size)
      header.writeUInt32LE(signature, 0)
      header.writeUInt16LE(isStored ? 0 : 8, at)
      header.writeUInt32LE(crc, at + 6)
      header.writeUInt32LE(packed.length, at + 10)
      header.writeUInt32LE(content.length, at + 14)
      header.writeUInt16LE(path.length, at + 18)
      return header
    }
    const local = fields(30, 0x04034b50, 8)
    local.writeUInt16LE(4, 28)
    const entry = fields(46, 0x02014b50, 10)
    entry.writeUInt32LE((mode << 16) >>> 0, 38)
    entry.writeUInt32LE(offset, 42)
    list.push(entry, Buffer.from(path))
    body.push(local, Buffer.from(path), Buffer.from('junk'), packed)
    offset += 30 + path.length + 4 + packed.length
  }
  const listed = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...body, listed, end])
}

/** A POSIX ustar archive; npm's tarballs are these, packed with gzip. Paths that end with "/" are folders. */
export function makeTar(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const content = Buffer.from(text)
    const header = Buffer.alloc(512)
    const cut = path.length > 100 ? path.lastIndexOf('/', 100) : -1
    header.write(path.slice(cut + 1), 0)
    header.write('0000644\0', 100)
    header.write(content.length.toString(8).padStart(11, '0'), 124)
    header.write('        ', 148)
    header.write(path.endsWith('/') ? '5' : '0', 156)
    header.write('ustar\u000000', 257, 'latin1')
    if (cut > 0) header.write(path.slice(0, cut), 345)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}
