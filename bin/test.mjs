/**
 * `npm test`: every check, in the order in which a fault is cheapest to find. Stops at the first that fails.
 * The last line counts the tests, "N passed, N failed, N skipped".
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensureVulkanLoader, findBrowser } from './find-browser.mjs'

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

function spawnNpm(args, env, stdout) {
  const [command, commandArgs] = npm ? [process.execPath, [npm, ...args]] : ['npm', args]
  return spawnSync(command, commandArgs, {
    cwd: root,
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
    shell: !npm && process.platform === 'win32',
  })
}

function run(title, args, env = {}) {
  const startedAt = performance.now()
  console.log(`\n── ${title}`)
  const { status } = spawnNpm(args, env, 'inherit')
  console.log(
    `── ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  )
  return status ?? 1
}

/**
 * Builds the native TensorFlow in the person's cache, or finds it there: a minute the first time.
 * Returns the folder of the libraries; null where the machine cannot have one, which only continuous integration
 * counts as a fault.
 */
function setUpTensorflow() {
  console.log('\n── TensorFlow')
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    console.log(`── TensorFlow: no setup for ${process.platform}-${process.arch}; its tests will skip`)
    return null
  }
  const { stdout } = spawnNpm(['run', '--silent', 'setup:tensorflow', '--', '--json'], {}, 'pipe')
  const line = (stdout ?? '').split('\n').findLast((text) => text.startsWith('{'))
  const end = line === undefined ? null : JSON.parse(line)
  if (end?.step === 'done') {
    console.log(
      `── TensorFlow: ${end.manifest.tensorflow} ${end.isNew ? 'built' : 'found'} in ${end.seconds} s, ${end.folder}`,
    )
    return dirname(end.folder)
  }
  const { message = 'the setup ended without a word', hint = '' } = end?.error ?? {}
  console.log(`── TensorFlow: ${message} ${hint}`)
  if (process.env.CI) finish(1)
  console.log('── TensorFlow: the tests that need it will skip')
  return null
}

function readJson(name) {
  try {
    return JSON.parse(readFileSync(join(results, name), 'utf8'))
  } catch {
    return null
  }
}

/** The titles of the journeys that failed once and then passed. */
function findFlaky(suites = []) {
  return suites.flatMap((suite) => [
    ...(suite.specs ?? [])
      .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
      .map(({ file, title }) => `${file} › ${title}`),
    ...findFlaky(suite.suites),
  ])
}

for (const step of ['types', 'lint', 'format', 'imports'])
  if (run(`check:${step}`, ['run', '--silent', `check:${step}`]) !== 0) finish(1)

if (run('build', ['run', '--silent', 'build']) !== 0) finish(1)

const nativeFolder = setUpTensorflow()
// Before the unit tests: those of WebGPU compute on the driver that Chromium brings.
const browser = await findBrowser()
ensureVulkanLoader()
const unitArgs = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(results, 'unit.json')}`]
const unit = run('unit tests', ['run', '--silent', 'test:unit', '--', ...unitArgs], {
  EARMARK_CHROMIUM: browser,
  ...(nativeFolder === null ? {} : { EARMARK_NATIVE_FOLDER: nativeFolder }),
})
const unitReport = readJson('unit.json')
if (unitReport) {
  counts.passed += unitReport.numPassedTests
  counts.failed += unitReport.numFailedTests
  counts.skipped += unitReport.numPendingTests + unitReport.numTodoTests
}
if (unit !== 0 || !unitReport || unitReport.numPassedTests === 0) finish(1)

const endToEnd = run(`end-to-end tests in ${browser}`, ['run', '--silent', 'test:e2e'], {
  EARMARK_CHROMIUM: browser,
  PLAYWRIGHT_JSON_OUTPUT_NAME: join(results, 'e2e.json'),
  ...(nativeFolder === null ? {} : { EARMARK_TEST_NATIVE_FOLDER: nativeFolder }),
})
const report = readJson('e2e.json')
if (report) {
  counts.passed += report.stats.expected + report.stats.flaky
  counts.failed += report.stats.unexpected
  counts.skipped += report.stats.skipped
  if (report.stats.flaky > 0) console.log(`Passed only at the second try: ${findFlaky(report.suites).join('; ')}`)
}
finish(endToEnd === 0 && report && report.stats.expected > 0 ? 0 : 1)
