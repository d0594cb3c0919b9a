/** A line of the recipe form, and how the value it stands for is read and written. */
import type { Recipe } from '../../../dsp/recipe'

export type FieldGroup = 'frontEnd' | 'model' | 'training'

export interface RecipeField {
  /** Dotted path in the Recipe, as `--set` of the command line takes it. */
  path: string
  group: FieldGroup
  label: string
  unit: string
  /** One line: what it does, and which way to turn it. */
  explain: string
  kind: 'number' | 'list' | 'switch' | 'choice'
  choices?: { value: string | number; name: string }[]
  /** What an empty input stands for, where null is allowed or the field may be absent. */
  emptyMeans?: string
  /** The field may be absent; it is offered where there is a field at this path. Empty, or off, takes it out. */
  offeredWith?: string
}

export type FieldWithoutGroup = Omit<RecipeField, 'group'>
export type Choices = NonNullable<RecipeField['choices']>

export const number = (
  path: string,
  label: string,
  unit: string,
  explain: string,
  more: Partial<FieldWithoutGroup> = {},
): FieldWithoutGroup => ({
  path,
  label,
  unit,
  kind: 'number',
  explain,
  ...more,
})
export const choice = (
  path: string,
  label: string,
  explain: string,
  choices: Choices,
  more: Partial<FieldWithoutGroup> = {},
): FieldWithoutGroup => ({
  path,
  label,
  unit: '',
  kind: 'choice',
  choices,
  explain,
  ...more,
})
export const toggle = (
  path: string,
  label: string,
  explain: string,
  more: Partial<FieldWithoutGroup> = {},
): FieldWithoutGroup => ({
  path,
  label,
  unit: '',
  kind: 'switch',
  explain,
  ...more,
})

/** The value at a dotted path; undefined when the recipe has no such field. */
export function readField(recipe: Recipe, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (owner, key) =>
        typeof owner === 'object' && owner !== null ? (owner as Record<string, unknown>)[key] : undefined,
      recipe,
    )
}

/**
 * A copy with the value at a dotted path replaced; undefined takes the field out, and objects that hold nothing then
 * with it. A recipe is plain JSON; the page's reactive views of one are copied so too.
 */
export function writeField(recipe: Recipe, path: string, value: unknown): Recipe {
  return replaceAt(JSON.parse(JSON.stringify(recipe)), path.split('.'), value) as Recipe
}

function replaceAt(owner: unknown, [key, ...rest]: string[], value: unknown): unknown {
  if (key === undefined) return value
  const isList = Array.isArray(owner)
  const copy = (isList ? [...(owner as unknown[])] : { ...(owner as object | undefined) }) as Record<string, unknown>
  const inner = replaceAt(copy[key], rest, value)
  if (inner !== undefined || isList) copy[key] = inner
  else Reflect.deleteProperty(copy, key)
  return !isList && value === undefined && Object.keys(copy).length === 0 ? undefined : copy
}
