/** The headless host: `node out/main/headless.js [CATALOG] [--port N]`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { toAppError } from '../../shared/errors'
import { serveUntilSignal } from './serve'

const usage = 'Usage: headless [CATALOG] [--port N]'

function readArguments(): { port: number; catalog: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({ options: { port: { type: 'string' } }, allowPositionals: true })
    const port = Number(values.port ?? 0)
    if (positionals.length > 1 || !Number.isInteger(port) || port < 0 || port > 65_535) return null
    return { port, catalog: positionals[0] === undefined ? undefined : resolve(positionals[0]) }
  } catch {
    return null
  }
}

const given = readArguments()
if (given === null) {
  console.error(usage)
  process.exit(2)
}
try {
  await serveUntilSignal({
    ...given,
    mainFolder: import.meta.dirname,
    log: (line) => console.error(line),
  })
  process.exit(0)
} catch (thrown) {
  const { message, hint } = toAppError(thrown)
  console.error(hint === undefined ? message : `${message} ${hint}`)
  process.exit(1)
}
