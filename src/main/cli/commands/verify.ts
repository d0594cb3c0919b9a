import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { VerifyReport } from '../../../shared/contract/workspace'
import { AppError } from '../../../shared/errors'
import { type CommandContext, withHost } from '../session'

export function addVerify(program: Command, context: CommandContext): void {
  program
    .command('verify')
    .description('check a catalog’s database, references and run folders; changes nothing')
    .argument('<catalog>', 'folder of the catalog')
    .option('--json', 'print { ok, problems }')
    .action((catalog: string, options: { json?: boolean }) =>
      withHost(context, async ({ client }) => {
        const { ok, problems } = await client.workspace
          .open({ path: resolve(catalog) })
          .then(() => client.workspace.verify())
          .catch(reportDamage)
        const { print } = context.terminal
        if (options.json) print(JSON.stringify({ ok, problems }))
        else for (const line of ok ? ['The catalog is sound.'] : problems) print(line)
        if (!ok) process.exitCode = 1
      }),
    )
}

/** A catalog too damaged to open is a finding of the check; one that is not there is a failure of the command. */
function reportDamage(thrown: unknown): VerifyReport {
  if (thrown instanceof AppError && thrown.code === 'catalog-damaged') return { ok: false, problems: [thrown.message] }
  throw thrown
}
