/** Recipes and front ends as people name them: by name, or as a file of JSON. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Client } from '../../shared/contract/contract'
import type { FrontEndInfo } from '../../shared/contract/features'
import { parseFrontEnd } from '../../shared/contract/front-end'
import { overrideFrontEnd, parseChainOf, parseRecipe } from '../../shared/contract/recipe'
import type { RunRequest } from '../../shared/contract/runs'
import { AppError } from '../../shared/errors'
import { readOption, UsageError } from './usage-error'

type FrontEnd = FrontEndInfo['frontEnd']

/** A built-in recipe by name, or one from a file. */
export async function loadRecipe(client: Client, wanted: string): Promise<RunRequest['recipe']> {
  if (wanted.endsWith('.json')) {
    const path = resolve(wanted)
    return parseRecipe(await readJsonFile(path), path)
  }
  const recipes = await client.runs.recipes()
  const found = recipes.find((recipe) => recipe.name === wanted)
  if (found) return found
  const names = recipes.map((recipe) => recipe.name).join(', ')
  throw new UsageError(`--recipe ${wanted}: the built-in recipes are ${names}; a file ends in .json.`)
}

/**
 * The front end of a recipe or a front end by itself, by name or from a file.
 * @param changes `key=value` of `--set`, from the front end down: `hopSamples=256`
 */
export async function loadFrontEnd(client: Client, wanted: string, changes: readonly string[]): Promise<FrontEnd> {
  return changes.reduce(
    (current, assignment) => readOption(() => overrideFrontEnd(current, assignment)),
    await findFrontEnd(client, wanted),
  )
}

async function findFrontEnd(client: Client, wanted: string): Promise<FrontEnd> {
  if (wanted.endsWith('.json')) {
    const path = resolve(wanted)
    const value = await readJsonFile(path)
    const isRecipe = typeof value === 'object' && value !== null && 'frontEnd' in value
    return isRecipe ? parseRecipe(value, path).frontEnd : parseFrontEnd(value, path)
  }
  const [recipes, frontEnds] = await Promise.all([client.runs.recipes(), client.features.frontEnds()])
  const found = [...frontEnds, ...recipes].find(({ name }) => name === wanted)
  if (found) return found.frontEnd
  const names = [...new Set([...recipes, ...frontEnds].map(({ name }) => name))].join(', ')
  throw new UsageError(`--recipe ${wanted}: known are ${names}; a file ends in .json.`)
}

/** The chain of a file that holds one, or of a whole recipe's. @throws AppError naming the file, the step and the field */
export async function loadChain(file: string): Promise<ReturnType<typeof parseChainOf>> {
  const path = resolve(file)
  return parseChainOf(await readJsonFile(path), path)
}

/** The same for a sound that is in no catalog: folders of its sources lie where they are seen from the chain's file. */
export async function loadLooseChain(file: string): Promise<ReturnType<typeof parseChainOf>> {
  const { steps } = await loadChain(file)
  const folder = dirname(resolve(file))
  return {
    steps: steps.map((step) =>
      'source' in step && 'folder' in step.source
        ? { ...step, source: { folder: resolve(folder, step.source.folder) } }
        : step,
    ),
  }
}

async function readJsonFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw new AppError('not-found', `${path} cannot be read.`, { cause: thrown })
  })
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new AppError('bad-file', `${path} is not JSON: ${(thrown as Error).message}`, { cause: thrown })
  }
}
