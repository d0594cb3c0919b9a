/**
 * Bundles fuzz/NAME.ts, so that a plain Node runs it.
 * @param folder under out/, of its own for whoever may run at the same time
 * @returns the file's path
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

export async function bundle(name, folder) {
  const file = join(import.meta.dirname, '../out', folder, `${name}.mjs`)
  await build({
    input: join(import.meta.dirname, `${name}.ts`),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [rawText],
    output: { file, format: 'es', codeSplitting: false, sourcemap: true },
    logLevel: 'warn',
  })
  return file
}
