/** `npm run bench -- NAME [args]`: bundles bench/NAME.ts and runs its main(). Needs a build (npm run build) for its threads. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from '../bin/bundle.mjs'

const [name, ...args] = process.argv.slice(2)
const source = join(import.meta.dirname, `${name}.ts`)
if (!name || !existsSync(source)) {
  const names = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'))
  console.error(`Usage: npm run bench -- NAME; the benches are ${names.map((file) => file.slice(0, -3)).join(', ')}`)
  process.exit(2)
}
// Beside the built threads, so that new URL('media-thread.js', import.meta.url) finds them.
const { main } = await import(pathToFileURL(await bundle(source, `main/bench-${name}.js`)).href)
await main(args)
