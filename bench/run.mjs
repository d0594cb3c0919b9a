/** `npm run bench -- NAME [args]`: bundles bench/NAME.ts and runs its main(). Needs a build (npm run build) for its threads. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'rolldown'

const [name, ...args] = process.argv.slice(2)
const source = join(import.meta.dirname, `${name}.ts`)
if (!name || !existsSync(source)) {
  const names = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'))
  console.error(`Usage: npm run bench -- NAME; the benches are ${names.map((file) => file.slice(0, -3)).join(', ')}`)
  process.exit(2)
}
/** `import text from './x.sql?raw'`, as Vite has it. */
const rawText = {
  name: 'raw-text',
  load(id) {
    if (id.endsWith('?raw')) return `export default ${JSON.stringify(readFileSync(id.slice(0, -4), 'utf8'))}`
  },
}

// Beside the built threads, so that new URL('media-thread.js', import.meta.url) finds them.
const file = join(import.meta.dirname, '../out/main', `bench-${name}.js`)
await build({
  input: source,
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  plugins: [rawText],
  output: { file, format: 'es', codeSplitting: false },
})
const { main } = await import(pathToFileURL(file).href)
await main(args)
