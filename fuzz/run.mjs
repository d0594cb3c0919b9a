/** `npm run fuzz -- [--inputs 20000] [--format id] [--seed N]`: see fuzz/main.ts. */
import { pathToFileURL } from 'node:url'
import { bundle } from './bundle.mjs'

const [main, child] = await Promise.all([bundle('main', 'fuzz'), bundle('child', 'fuzz')])
const { runFuzz } = await import(pathToFileURL(main).href)
process.exitCode = await runFuzz(process.argv.slice(2), child)
