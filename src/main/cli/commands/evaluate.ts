import type { Command } from 'commander'
import type { Evaluation } from '../../../shared/contract/runs'
import { findRun } from '../find-run'
import { type CommandContext, withCatalog } from '../session'
import { formatPercent, formatTable } from '../table'

export function addEvaluate(program: Command, context: CommandContext): void {
  program
    .command('evaluate')
    .description('compare a run’s predictions with the labels')
    .argument('<catalog>', 'folder of the catalog')
    .requiredOption('--run <id>', 'id of the run, the beginning of one, or last')
    .option('--json', 'print accuracy, matrix and per-class results as JSON')
    .action((catalog: string, options: { run: string; json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const run = await findRun(client, options.run)
        const evaluation = await client.runs.evaluate({ id: run.id })
        const { print } = context.terminal
        if (!options.json) return print(describe(run.name, evaluation))
        const { accuracy, classes, confusionMatrix } = evaluation
        const perClass = evaluation.perClass.map(({ label, precision, recall, f1, support }) => ({
          label,
          precision,
          recall,
          f1,
          support,
        }))
        print(JSON.stringify({ run: run.id, accuracy, classes, confusionMatrix, perClass }))
      }),
    )
}

function describe(name: string, evaluation: Evaluation): string {
  const { classes, confusionMatrix, perClass } = evaluation
  const numbers = classes.map((_class, index) => String(index + 1))
  const matrix = formatTable(
    ['TRUE \\ PREDICTED', ...numbers],
    confusionMatrix.map((row, index) => [`${index + 1} ${classes[index] ?? ''}`, ...row.map(String)]),
    numbers.map((_number, index) => index + 1),
  )
  const metrics = formatTable(
    ['CLASS', 'PRECISION', 'RECALL', 'F1', 'SUPPORT'],
    perClass.map((one) => [
      one.label,
      formatPercent(one.precision),
      formatPercent(one.recall),
      formatPercent(one.f1),
      String(one.support),
    ]),
    [1, 2, 3, 4],
  )
  const summary =
    `${name}: accuracy ${formatPercent(evaluation.accuracy)}, balanced ${formatPercent(evaluation.balancedAccuracy)}, ` +
    `macro F1 ${formatPercent(evaluation.macroF1)}, ${evaluation.clipCount} clips`
  return [summary, '', metrics, '', matrix].join('\n')
}
