/** What the runs of a catalog hear and are made with. */
import type { FrontEnd } from '../dsp/recipe'
import type { RunSummary } from './contract/runs'

export interface FrontEndInUse {
  /** See hashFrontEnd. */
  hash: string
  frontEnd: FrontEnd
  /** With this front end; those whose runs are newest first. */
  recipes: { name: string; hash: string; runs: number }[]
  /** Newest first. */
  runs: RunSummary[]
}

/**
 * The front ends of runs with the recipes that have them, those whose runs are newest first. A model hears one of them, and is
 * refused with another.
 */
export function listFrontEndsInUse(runs: readonly RunSummary[]): FrontEndInUse[] {
  const found = new Map<string, FrontEndInUse>()
  for (const run of [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt))) {
    const { frontEndHash, recipeHash, recipe } = run
    const own = found.get(frontEndHash) ?? { hash: frontEndHash, frontEnd: recipe.frontEnd, recipes: [], runs: [] }
    found.set(frontEndHash, own)
    own.runs.push(run)
    const known = own.recipes.find(({ hash }) => hash === recipeHash)
    if (known) known.runs++
    else own.recipes.push({ name: recipe.name, hash: recipeHash, runs: 1 })
  }
  return [...found.values()]
}
