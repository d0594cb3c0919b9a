import type { Command } from 'commander'
import { type CommandContext, withHost } from '../session'
import { formatTable } from '../table'
import { UsageError } from '../usage-error'

export function addRecipes(program: Command, context: CommandContext): void {
  program
    .command('recipes')
    .description('list recipes and front ends; or print one as JSON, to be changed and given back as a file')
    .argument('[name]', 'a recipe or a front end')
    .option('--json', 'print a JSON object of all')
    .action((name: string | undefined, options: { json?: boolean }) =>
      withHost(context, async ({ client }) => {
        const { print, note } = context.terminal
        const [recipes, frontEnds] = await Promise.all([client.runs.recipes(), client.features.frontEnds()])
        if (name !== undefined) {
          const recipe = recipes.find((one) => one.name === name)
          const frontEnd = frontEnds.find((one) => one.name === name)?.frontEnd
          if (recipe ?? frontEnd) return print(JSON.stringify(recipe ?? frontEnd, null, 2))
          const known = [...recipes, ...frontEnds].map((one) => one.name).join(', ')
          throw new UsageError(`${name}: known are ${known}.`)
        }
        const described = await Promise.all(
          recipes.map(async (recipe) => ({
            recipe,
            ...(await client.features.describe({ frontEnd: recipe.frontEnd })),
          })),
        )
        if (options.json) return print(JSON.stringify({ recipes: described, frontEnds }))
        note('Recipes: a front end, a model and how it is trained')
        const rows = described.map(({ recipe, hash, parts }) => [
          recipe.name,
          recipe.model.kind,
          hash.slice(0, 8),
          parts.join(', '),
        ])
        print(formatTable(['RECIPE', 'MODEL', 'FRONT END', 'HEARS'], rows))
        note('Front ends: `earmark features --recipe NAME`, or the frontEnd of a recipe file')
        const shapes = frontEnds.map(({ name, hash, bands, channels, title, follows }) => [
          name,
          hash.slice(0, 8),
          channels === 1 ? `${bands}` : `${bands} × ${channels}`,
          title,
          follows,
        ])
        print(formatTable(['NAME', 'HASH', 'BANDS', 'WHAT', 'AFTER'], shapes, [2]))
      }),
    )
}
