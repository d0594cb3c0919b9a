import { appendFileSync, renameSync, statSync } from 'node:fs'

const maxBytes = 2 << 20

/** A log file that is set aside when it grows large, so that there are at most two. Lines also go to stderr. */
export function createLog(file: string): (line: string) => void {
  return (line) => {
    process.stderr.write(`${line}\n`)
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(file, `${file}.old`)
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`)
    } catch {
      // A log that cannot be written must not end the app.
    }
  }
}
