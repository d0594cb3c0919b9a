/** `npm run fuzz -- [--inputs 20000] [--format id] [--seed N]`: see fuzz/main.ts. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from '../bin/bundle.mjs'

const [main, child] = await Promise.all(
  ['main', 'child'].map((name) => bundle(join(import.meta.dirname, `${name}.ts`), `fuzz/${name}.mjs`)),
)
const { runFuzz } = await import(pathToFileURL(main).href)
process.exitCode = await runFuzz(process.argv.slice(2), child)
