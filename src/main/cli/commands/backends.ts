import { type Command, Option } from 'commander'
import { describeDiagnosis } from '../../../shared/job/describe-diagnosis'
import { noteMeasuring } from '../note-measuring'
import { type CommandContext, withHost } from '../session'

export function addBackends(program: Command, context: CommandContext): void {
  program
    .command('backends')
    .description('prove and time what can train on this machine, and say what stands in the way of the rest')
    .addOption(new Option('--cached', 'print the last measure instead of making a new one'))
    .option(
      '--json',
      'print a JSON object: verdict, backends (the fastest first), checks, findings, measuredAt, isCurrent',
    )
    .action((options: { json?: boolean; cached?: boolean }) =>
      withHost(context, async (connection) => {
        const { print, signal } = context.terminal
        const stop = noteMeasuring(connection, context.terminal)
        const probing = options.cached ? 'never' : 'always'
        const diagnosis = await connection.client.compute.diagnose({ probing }, { signal })
        stop()
        const { verdict, backends, checks, findings, measuredAt, isCurrent } = diagnosis
        if (options.json) return print(JSON.stringify({ verdict, backends, checks, findings, measuredAt, isCurrent }))
        print(describeDiagnosis(diagnosis))
      }),
    )
}
