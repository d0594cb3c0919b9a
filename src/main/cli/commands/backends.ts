import type { Command } from 'commander'
import { type CommandContext, withHost } from '../session'
import { formatTable } from '../table'

export function addBackends(program: Command, context: CommandContext): void {
  program
    .command('backends')
    .description('say what can train on this machine, and why the rest cannot')
    .option('--json', 'print a JSON array')
    .action((options: { json?: boolean }) =>
      withHost(context, async ({ client }) => {
        const backends = await client.runs.backends(undefined, { signal: context.terminal.signal })
        const plain = backends.map(({ name, available, reason, device }) => ({ name, available, reason, device }))
        const { print } = context.terminal
        if (options.json) return print(JSON.stringify(plain))
        const rows = plain.map((one) => [one.name, one.available ? 'yes' : 'no', one.device, one.reason])
        print(formatTable(['BACKEND', 'AVAILABLE', 'DEVICE', 'WHY'], rows))
      }),
    )
}
