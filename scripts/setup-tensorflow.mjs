/**
 * `npm run setup:tensorflow [-- --gpu] [--json] [--force]`: builds TensorFlow's native library for this user and
 * machine. Any Node can start it; it goes on with Node 24, on an up-to-date build (src/main/worker/native/).
 */
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isNewEnough, projectFolder, runAgain } from '../bin/choose-node.mjs'

async function main() {
  if (!isNewEnough()) return runAgain(fileURLToPath(import.meta.url), process.argv.slice(2))
  const { buildIfNeeded } = await import('../bin/build-if-needed.mjs')
  await buildIfNeeded()
  const { runSetup } = await import(pathToFileURL(join(projectFolder, 'out', 'main', 'setup-tensorflow.js')).href)
  process.exitCode = await runSetup(process.argv.slice(2))
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
