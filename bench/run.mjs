/** `npm run bench -- NAME [args]`: runs main() of bench/NAME.ts. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runTypescript } from '../bin/run-typescript.mjs'

const [name, ...args] = process.argv.slice(2)
const source = join(import.meta.dirname, `${name}.ts`)
if (!name || !existsSync(source)) {
  const names = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'))
  console.error(`Usage: npm run bench -- NAME; the benches are ${names.map((file) => file.slice(0, -3)).join(', ')}`)
  process.exit(2)
}
await runTypescript(source, `bench-${name}`, args)
