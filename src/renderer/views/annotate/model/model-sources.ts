/** Whose view of a clip can be shown before there is a run: that of a recipe, or of a network through a named front end. */
import { frontEndPresets } from '../../../../dsp/front-end-presets'
import type { Recipe } from '../../../../dsp/recipe'

export interface RecipeSource {
  /** "recipe:" or "front-end:" and the name. */
  id: string
  kind: 'recipe' | 'front end'
  name: string
  recipe: Recipe
}

/** The recipes, then every front end that has a name, its crops cut as those of the first network among the recipes. */
export function listSources(recipes: readonly Recipe[]): RecipeSource[] {
  const network = recipes.find(({ model }) => model.kind === 'logmel-cnn')
  return [
    ...recipes.map((recipe) => ({
      id: `recipe:${recipe.name}`,
      kind: 'recipe' as const,
      name: recipe.name,
      recipe,
    })),
    ...(network ? frontEndPresets : []).map(({ name, frontEnd }) => ({
      id: `front-end:${name}`,
      kind: 'front end' as const,
      name,
      recipe: { ...network!, name, frontEnd },
    })),
  ]
}
