/** Type-checks the three projects: the ground floor without Node or DOM, the Node side, the page. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const modules = join(import.meta.dirname, '../node_modules')
const projects = [
  ['typescript/bin/tsc', 'tsconfig.pure.json'],
  ['typescript/bin/tsc', 'tsconfig.node.json'],
  ['vue-tsc/bin/vue-tsc.js', 'tsconfig.web.json'],
]
let failed = false
for (const [compiler, project] of projects) {
  const { status } = spawnSync(process.execPath, [join(modules, compiler), '--project', project], { stdio: 'inherit' })
  if (status !== 0) {
    console.error(`check:types: ${project} has errors`)
    failed = true
  }
}
process.exit(failed ? 1 : 0)
