/** `npm run kill-test -- [--repeats 200] [--seed 1] [--from 0] [--only TEXT]`: scripts/kill-test.ts says what it does. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from '../bin/bundle.mjs'

const file = await bundle(join(import.meta.dirname, 'kill-test.ts'), 'main/kill-test.js')
const { main } = await import(pathToFileURL(file).href)
await main(process.argv.slice(2))
