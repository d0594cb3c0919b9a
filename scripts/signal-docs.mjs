/** `npm run signal-docs`: scripts/signal-docs.ts says what it does. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from '../bin/bundle.mjs'

const file = await bundle(join(import.meta.dirname, 'signal-docs.ts'), 'main/signal-docs.js')
const { main } = await import(pathToFileURL(file).href)
await main(process.argv.slice(2))
