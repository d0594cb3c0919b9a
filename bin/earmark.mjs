#!/usr/bin/env node
/** `npx earmark …`: any Node can start this; it goes on with Node 24, on an up-to-date build. */
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isNewEnough, projectFolder, runAgain } from './choose-node.mjs'

async function main() {
  if (!isNewEnough()) return runAgain(fileURLToPath(import.meta.url), process.argv.slice(2))
  const { buildIfNeeded } = await import('./build-if-needed.mjs')
  await buildIfNeeded()
  await import(pathToFileURL(join(projectFolder, 'out', 'main', 'cli.js')).href)
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
