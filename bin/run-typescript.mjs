/** Bundles a TypeScript file of the project and calls its `main(args)`; needs a build (npm run build) for its threads. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'rolldown'

/** `import text from './x.sql?raw'`, as Vite has it. */
const rawText = {
  name: 'raw-text',
  load(id) {
    if (id.endsWith('?raw')) return `export default ${JSON.stringify(readFileSync(id.slice(0, -4), 'utf8'))}`
  },
}

/** @param source path of the file; @param name of the bundle, which lies beside the built threads: they are found there */
export async function runTypescript(source, name, args) {
  const file = join(import.meta.dirname, '../out/main', `${name}.js`)
  await build({
    input: source,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [rawText],
    output: { file, format: 'es', codeSplitting: false },
  })
  const { main } = await import(pathToFileURL(file).href)
  await main(args)
}
