/**
 * Bundles a TypeScript file of the project, so that a plain Node runs it.
 * @param source the file's path
 * @param place where the bundle goes, relative to out/: of its own for whoever may run at the same time, and in main/
 *   where it is to find the built threads
 * @returns the bundle's path
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'

/** `import text from './x.sql?raw'`, as Vite has it. */
const rawText = {
  name: 'raw-text',
  load(id) {
    if (id.endsWith('?raw')) return `export default ${JSON.stringify(readFileSync(id.slice(0, -4), 'utf8'))}`
  },
}

export async function bundle(source, place) {
  const file = join(import.meta.dirname, '../out', place)
  await build({
    input: source,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [rawText],
    output: { file, format: 'es', codeSplitting: false, sourcemap: true },
    logLevel: 'warn',
  })
  return file
}
