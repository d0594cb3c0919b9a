/**
 * `npm test`: every check, in the order in which a fault is cheapest to find. Stops at the first that fails.
 * The last line counts the tests, "N passed, N failed, N skipped".
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findBrowser } from './find-browser.mjs'

const root = join(import.meta.dirname, '..')
const results = join(root, 'test-results')
const npm = process.env.npm_execpath
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const counts = { passed: 0, failed: 0, skipped: 0 }
const finish = (status) => {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exit(status)
}

function run(title, args, env = {}) {
  const startedAt = performance.now()
  console.log(`\n── ${title}`)
  const [command, commandArgs] = npm ? [process.execPath, [npm, ...args]] : ['npm', args]
  const { status } = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    shell: !npm && process.platform === 'win32',
  })
  console.log(
    `── ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  )
  return status ?? 1
}

function readJson(name) {
  try {
    return JSON.parse(readFileSync(join(results, name), 'utf8'))
  } catch {
    return null
  }
}

for (const step of ['types', 'lint', 'format', 'imports'])
  if (run(`check:${step}`, ['run', '--silent', `check:${step}`]) !== 0) finish(1)

const unit = run('unit tests', [
  'run',
  '--silent',
  'test:unit',
  '--',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(results, 'unit.json')}`,
])
const unitReport = readJson('unit.json')
if (unitReport) {
  counts.passed += unitReport.numPassedTests
  counts.failed += unitReport.numFailedTests
  counts.skipped += unitReport.numPendingTests + unitReport.numTodoTests
}
if (unit !== 0 || !unitReport || unitReport.numPassedTests === 0) finish(1)

if (run('build', ['run', '--silent', 'build']) !== 0) finish(1)

const browser = await findBrowser()
const endToEnd = run(`end-to-end tests in ${browser}`, ['run', '--silent', 'test:e2e'], {
  EARMARK_CHROMIUM: browser,
  PLAYWRIGHT_JSON_OUTPUT_NAME: join(results, 'e2e.json'),
})
const report = readJson('e2e.json')
if (report) {
  counts.passed += report.stats.expected + report.stats.flaky
  counts.failed += report.stats.unexpected
  counts.skipped += report.stats.skipped
}
finish(endToEnd === 0 && report && report.stats.expected > 0 ? 0 : 1)
