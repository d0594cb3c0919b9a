/** The lines of text files that may be larger than memory. */
import { AppError } from '../../shared/errors'
import type { DatasetFolder } from './import-plan'
import { encodingOf } from './read-csv'

/** A longer line is none of a table, and is not held. */
const longestLine = 65_536

/** Some lines that follow each other. */
export interface LineBatch {
  lines: string[]
  /** Of the first, from 1. */
  firstRow: number
  /** Lines that were too long, by their number: '' stands in their place. */
  tooLong: number[]
  /** How much of the file has been read, in bytes, and how much there is. */
  done: number
  total: number
}

/**
 * Reads a text file piece by piece: UTF-8, or UTF-16 where a byte order mark says so; any line ends.
 * @throws AppError bad-file where the bytes are not text
 */
export async function* readLineBatches(folder: DatasetFolder, path: string): AsyncGenerator<LineBatch> {
  const { bytes: total, pieces } = await openPieces(folder, path)
  let decoder: TextDecoder | null = null
  let rest = ''
  let row = 1
  let done = 0
  let isInLongLine = false
  const take = (text: string): LineBatch => {
    const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
    const batch: LineBatch = { lines, firstRow: row, tooLong: [], done, total }
    lines.forEach((line, index) => {
      if (line.length <= longestLine && !(index === 0 && isInLongLine)) return
      batch.tooLong.push(row + index)
      lines[index] = ''
    })
    isInLongLine = false
    row += lines.length
    return batch
  }
  for await (const piece of pieces) {
    decoder ??= new TextDecoder(encodingOf(piece), { fatal: true })
    done += piece.length
    const text = rest + decode(decoder, piece, path)
    const cut = lastLineEnd(text)
    if (cut === null) {
      isInLongLine ||= text.length > longestLine
      rest = isInLongLine ? text.slice(-1) : text
      continue
    }
    rest = text.slice(cut.to)
    yield take(text.slice(0, cut.from))
  }
  if (decoder) rest += decode(decoder, null, path)
  if (rest !== '' || isInLongLine) yield take(rest)
}

/** The last line end of a text; a carriage return at its very end may be half of one. */
function lastLineEnd(text: string): { from: number; to: number } | null {
  const end = text.endsWith('\r') ? text.length - 1 : text.length
  const at = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1))
  if (at < 0) return null
  return { from: text[at] === '\n' && text[at - 1] === '\r' ? at - 1 : at, to: at + 1 }
}

function decode(decoder: TextDecoder, piece: Uint8Array | null, path: string): string {
  let text: string
  try {
    text = piece ? decoder.decode(piece, { stream: true }) : decoder.decode()
  } catch (cause) {
    const name = decoder.encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'
    throw new AppError('bad-file', `${path} is not text in ${name}.`, { hint: 'Save it as UTF-8.', cause })
  }
  if (text.includes('\0'))
    throw new AppError('bad-file', `${path} is not a text file: it holds zero bytes.`, {
      hint: 'If it is text in UTF-16 without its mark, save it as UTF-8.',
    })
  return text
}

async function openPieces(
  folder: DatasetFolder,
  path: string,
): Promise<{ bytes: number; pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array> }> {
  if (folder.readPieces) return folder.readPieces(path)
  const whole = await folder.readBytes(path)
  return { bytes: whole.length, pieces: [whole] }
}
