import { createHash, type Hash } from 'node:crypto'
import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PlannedFile } from '../../formats/exporters/export-plan'
import { JsonLines, readLines } from './json-lines'
import { writeDurably } from './partial-folder'

export interface WrittenFile {
  path: string
  sizeBytes: number
  sha256: string
}

/** A file that grows piece by piece; its handle may be closed in between. */
interface Growing {
  handle: FileHandle | null
  hash: Hash
  sizeBytes: number
  pending: Uint8Array[]
  pendingBytes: number
}

const bufferBytes = 1 << 18
const mostOpen = 8
/**
 * The files of an export that is under way, one a line as they are finished: what a crash leaves, the next attempt takes
 * up, and keeps as `earlier` until it has ended itself.
 */
const progressName = '.earmark-export.jsonl'
const earlierName = '.earmark-export-earlier.jsonl'

/** The files of an export: written whole, or grown by pieces, each with its checksum. */
export class ExportFiles {
  /** In the order in which they were finished. */
  readonly written: JsonLines<WrittenFile>
  private readonly growing = new Map<string, Growing>()
  private readonly finished: Map<string, WrittenFile>
  /** How many files an interrupted attempt had finished. */
  readonly resumed: number

  constructor(private readonly folder: string) {
    this.finished = takeUp(folder)
    this.resumed = this.finished.size
    this.written = new JsonLines(join(folder, progressName))
  }

  /** Whether an interrupted attempt has written the file. */
  isFinished(path: string): boolean {
    return this.finished.has(path)
  }

  /** The file as an interrupted attempt has written it, or null. Then it counts as written. */
  takeFinished(path: string): WrittenFile | null {
    const file = this.finished.get(path)
    if (!file) return null
    this.written.add(file)
    return file
  }

  /** Writes a file at once and durably. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(this.folder, path)
    // Half of it may be there from an attempt that was interrupted.
    rmSync(target, { force: true })
    await writeDurably(target, bytes)
    const file = { path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    this.written.add(file)
    this.written.flush()
  }

  /** Adds a piece at the end of a file, which begins with its first piece. */
  async append(path: string, content: string | Uint8Array): Promise<void> {
    let file = this.growing.get(path)
    if (!file) {
      rmSync(join(this.folder, path), { force: true })
      file = { handle: null, hash: createHash('sha256'), sizeBytes: 0, pending: [], pendingBytes: 0 }
      this.growing.set(path, file)
    }
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    file.hash.update(bytes)
    file.sizeBytes += bytes.length
    file.pending.push(bytes)
    file.pendingBytes += bytes.length
    if (file.pendingBytes >= bufferBytes) await this.flush(path, file)
  }

  /** Ends all files that grow: they are whole and on the disk. */
  async finish(): Promise<void> {
    for (const [path, file] of this.growing) {
      await this.flush(path, file)
      await close(file)
      this.written.add({ path, sizeBytes: file.sizeBytes, sha256: file.hash.digest('hex') })
    }
    this.growing.clear()
  }

  /** Adds a piece of a plan: to the end of its file, or as all of it. */
  async put({ path, content, isWhole }: PlannedFile): Promise<void> {
    if (isWhole) await this.write(path, typeof content === 'string' ? Buffer.from(content) : content)
    else await this.append(path, content)
  }

  /** Removes what only an attempt to come would need. */
  forgetProgress(): void {
    this.written.remove()
    rmSync(join(this.folder, earlierName), { force: true })
  }

  /** Closes what is open, as it is. */
  async abandon(): Promise<void> {
    for (const file of this.growing.values()) await file.handle?.close()
  }

  private async flush(path: string, file: Growing): Promise<void> {
    if (!file.handle) {
      const openFiles = [...this.growing.values()].filter((other) => other.handle !== null)
      if (openFiles.length >= mostOpen) await close(openFiles[0]!)
      const target = join(this.folder, path)
      await mkdir(dirname(target), { recursive: true })
      file.handle = await open(target, 'a')
    }
    for (const bytes of file.pending) await file.handle.write(bytes)
    file.pending = []
    file.pendingBytes = 0
  }
}

async function close(file: Growing): Promise<void> {
  await file.handle?.sync()
  await file.handle?.close()
  file.handle = null
}

/** What interrupted attempts had finished, as far as it is still there in its length. */
function takeUp(folder: string): Map<string, WrittenFile> {
  const files = new Map<string, WrittenFile>()
  for (const name of [earlierName, progressName]) {
    if (!existsSync(join(folder, name))) continue
    for (const line of readLines(join(folder, name))) {
      const file = parseLine(line)
      if (file && statSync(join(folder, file.path), { throwIfNoEntry: false })?.size === file.sizeBytes)
        files.set(file.path, file)
    }
  }
  if (files.size === 0) return files
  const earlier = new JsonLines<WrittenFile>(join(folder, `${earlierName}.new`))
  earlier.remove()
  for (const file of files.values()) earlier.add(file)
  earlier.flush()
  renameSync(earlier.path, join(folder, earlierName))
  rmSync(join(folder, progressName), { force: true })
  return files
}

/** The last line may be half a line. */
function parseLine(line: string): WrittenFile | null {
  try {
    return line === '' ? null : (JSON.parse(line) as WrittenFile)
  } catch {
    return null
  }
}
