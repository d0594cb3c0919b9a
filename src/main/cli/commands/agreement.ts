import type { Command } from 'commander'
import type { Estimate } from '../../../shared/metrics/agreement'
import { writeVerdicts } from '../../../shared/metrics/verdict-table'
import { type CommandContext, withCatalog } from '../session'
import { formatPercent, formatTable } from '../table'

const show = (value: number | null): string => (value === null ? '–' : value.toFixed(3))
const showEstimate = (estimate: Estimate | null): string =>
  estimate === null ? '–' : `${show(estimate.value)} [${show(estimate.low)}, ${show(estimate.high)}]`

export function addAgreement(program: Command, context: CommandContext): void {
  program
    .command('agreement')
    .description('how far several annotators agree, per class')
    .argument('<catalog>', 'folder of the catalog')
    .option('--overlap <share>', 'least intersection over union of segments that count as the same', Number, 0.5)
    .option('--frame <seconds>', 'length of a frame, 0.01 to 1', Number, 0.1)
    .option('--csv', 'print the judgements behind it, one row each, as CSV')
    .option('--json', 'print the report')
    .action((catalog: string, options: { overlap: number; frame: number; csv?: boolean; json?: boolean }) =>
      withCatalog(context, catalog, async ({ client }) => {
        const { print, note } = context.terminal
        if (options.csv) return print(writeVerdicts(await client.agreement.verdicts()).trimEnd())
        const report = await client.agreement.read({ overlap: options.overlap, frameSeconds: options.frame })
        if (options.json) return print(JSON.stringify(report))
        if (report.raters.length === 0) return note('Nothing has been judged by two people yet.')
        const classes = report.classes.map((row) => [
          row.name,
          String(row.units),
          String(row.raters.length),
          formatPercent(row.observed),
          showEstimate(row.cohen),
          show(row.fleiss),
          showEstimate(row.alpha),
        ])
        const head = ['CLASS', 'CLIPS', 'RATERS', 'ALIKE', 'COHEN [95 %]', 'FLEISS', 'ALPHA [95 %]']
        if (classes.length > 0) print(formatTable(head, classes, [1, 2, 3]))
        const segments = report.segments.map((row) => [
          row.name,
          row.raters.join(' / '),
          `${row.matched} of ${row.firstCount} / ${row.secondCount}`,
          show(row.f1),
          show(row.meanOverlap),
          show(row.frameKappa),
          show(row.frameAlpha),
        ])
        const segmentHead = ['SEGMENTS', 'RATERS', 'MATCHED', 'F1', 'OVERLAP', 'FRAME KAPPA', 'FRAME ALPHA']
        if (segments.length > 0) print(formatTable(segmentHead, segments, [3, 4, 5, 6]))
      }),
    )
}
