/** The terminal: results on stdout, everything about the way there on stderr. */
import { writeSync } from 'node:fs'
import { createProgress, type Progress } from './progress'

export interface Terminal {
  /** One line of the result. */
  print(line: string): void
  /** One line for the person who watches. */
  note(line: string): void
  /** Progress on stderr: a bar where somebody watches, lines elsewhere. */
  startProgress(): Progress
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
}

export function createTerminal(signal: AbortSignal): Terminal {
  let progress: Progress | null = null
  return {
    print(line) {
      progress?.clear()
      writeLine(1, line)
    },
    note(line) {
      progress?.clear()
      writeLine(2, line)
    },
    startProgress() {
      progress = createProgress({
        isBar: process.stderr.isTTY === true,
        columns: () => process.stderr.columns ?? 80,
        write: (text) => process.stderr.write(text),
        nowMs: () => performance.now(),
      })
      return progress
    },
    signal,
  }
}

/** Writes at once, so that nothing is lost when the process ends; a reader that left (`| head`) ends us quietly. */
function writeLine(descriptor: 1 | 2, line: string): void {
  let bytes = Buffer.from(`${line}\n`)
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(descriptor, bytes))
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code
      if (code === 'EPIPE') process.exit(0)
      // A pipe that is full for the moment: wait for its reader.
      if (code !== 'EAGAIN') throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
