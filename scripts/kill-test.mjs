/** `npm run kill-test -- [--repeats 200] [--seed 1] [--from 0] [--only TEXT]`: scripts/kill-test.ts says what it does. */
import { join } from 'node:path'
import { runTypescript } from '../bin/run-typescript.mjs'

await runTypescript(join(import.meta.dirname, 'kill-test.ts'), 'kill-test', process.argv.slice(2))
