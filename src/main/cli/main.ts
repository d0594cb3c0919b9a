/** The terminal door: `earmark COMMAND …`. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled. */
import { Command, CommanderError } from 'commander'
import { AppError, toAppError } from '../../shared/errors'
import { cancelledExitCode, onInterruption } from '../door/interruption'
import { version } from '../door/version'
import { addAgreement } from './commands/agreement'
import { addAugment } from './commands/augment'
import { addAudit } from './commands/audit'
import { addBatch } from './commands/batch'
import { addBackends } from './commands/backends'
import { addCoverage } from './commands/coverage'
import { addEvaluate } from './commands/evaluate'
import { addExport } from './commands/export'
import { addFeatures } from './commands/features'
import { addImport } from './commands/import'
import { addInit } from './commands/init'
import { addLabel } from './commands/label'
import { addInteractions } from './commands/interactions'
import { addLs } from './commands/ls'
import { addMetadata } from './commands/metadata'
import { addMerge } from './commands/merge'
import { addOntology } from './commands/ontology'
import { addPredict } from './commands/predict'
import { addPropose } from './commands/propose'
import { addRecipes } from './commands/recipes'
import { addResume } from './commands/resume'
import { addReview } from './commands/review'
import { addRuns } from './commands/runs'
import { addBackups } from './commands/backups'
import { addRelink } from './commands/relink'
import { addSnapshots } from './commands/snapshots'
import { addServe } from './commands/serve'
import { addSplit } from './commands/split'
import { addTrain } from './commands/train'
import { addVerify } from './commands/verify'
import { addViews } from './commands/views'
import type { CommandContext } from './session'
import { createTerminal } from './terminal'
import { UsageError } from './usage-error'

const interruption = new AbortController()
const context: CommandContext = { terminal: createTerminal(interruption.signal), mainFolder: import.meta.dirname }

const program = new Command('earmark')
  .description('Curate, label and train on audio datasets.')
  .version(version)
  .showHelpAfterError('(--help says more)')
// Before the commands, which inherit it.
program.exitOverride()
for (const add of [
  addInit,
  addImport,
  addLs,
  addViews,
  addLabel,
  addMetadata,
  addOntology,
  addCoverage,
  addInteractions,
  addSplit,
  addAudit,
  addRecipes,
  addFeatures,
  addAugment,
  addTrain,
  addResume,
  addRuns,
  addBatch,
  addEvaluate,
  addPredict,
  addPropose,
  addExport,
  addVerify,
  addSnapshots,
  addBackups,
  addRelink,
  addMerge,
  addReview,
  addAgreement,
  addServe,
  addBackends,
])
  add(program, context)

// `serve` has its own idea of what a signal means.
if (process.argv[2] !== 'serve') onInterruption(() => interruption.abort())

function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
  if (thrown instanceof UsageError) {
    context.terminal.note(`error: ${thrown.message}`)
    return 2
  }
  const error = toAppError(thrown)
  if (interruption.signal.aborted || (error instanceof AppError && error.code === 'cancelled')) {
    context.terminal.note('Cancelled.')
    return cancelledExitCode
  }
  context.terminal.note(`error: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`)
  if (process.env.EARMARK_DEBUG && thrown instanceof Error) context.terminal.note(thrown.stack ?? '')
  return 1
}

let code = 0
try {
  await program.parseAsync()
  code = interruption.signal.aborted ? cancelledExitCode : Number(process.exitCode ?? 0)
} catch (thrown) {
  code = report(thrown)
}
process.exit(code)
