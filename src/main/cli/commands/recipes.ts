import type { Command } from 'commander'
import { listFrontEndsInUse } from '../../../shared/recipes-in-use'
import { type CommandContext, withCatalog, withHost } from '../session'
import { formatTable } from '../table'
import { UsageError } from '../usage-error'

export function addRecipes(program: Command, context: CommandContext): void {
  program
    .command('recipes')
    .description('list recipes and front ends; or print one as JSON, to be changed and given back as a file')
    .argument('[name]', 'a recipe or a front end')
    .option('--catalog <folder>', 'list what the runs of a catalog are made with, with whole hashes')
    .option('--json', 'print a JSON object of all')
    .action((name: string | undefined, options: { catalog?: string; json?: boolean }) => {
      if (options.catalog === undefined) return listKnown(context, name, options)
      if (name !== undefined) throw new UsageError(`${name}: --catalog lists all that its runs use.`)
      return listUsed(context, options.catalog, options)
    })
}

function listKnown(context: CommandContext, name: string | undefined, options: { json?: boolean }): Promise<void> {
  return withHost(context, async ({ client }) => {
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
  })
}

/** The front ends of a catalog's runs, and the recipes that have them. */
function listUsed(context: CommandContext, catalog: string, options: { json?: boolean }): Promise<void> {
  return withCatalog(context, catalog, async ({ client }) => {
    const { print, note } = context.terminal
    const used = listFrontEndsInUse(await client.runs.list())
    const described = await Promise.all(
      used.map(async ({ hash, frontEnd, recipes, runs }) => ({
        frontEndHash: hash,
        hears: (await client.features.describe({ frontEnd })).parts,
        recipes,
        newestRun: runs[0]!.name,
      })),
    )
    if (options.json) return print(JSON.stringify(described))
    if (described.length === 0) return note('No runs yet.')
    for (const { frontEndHash, hears, recipes, newestRun } of described) {
      print(`Front end ${frontEndHash}: ${hears.join(', ')}; newest run ${newestRun}`)
      print(
        formatTable(
          ['RECIPE', 'RUNS', 'HASH'],
          recipes.map(({ name, hash, runs }) => [name, String(runs), hash]),
          [1],
        ),
      )
    }
  })
}
