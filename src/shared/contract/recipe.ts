import { z } from 'zod'
import type { AugmentationChain, FrontEnd, Recipe } from '../../dsp/recipe'
import { AppError } from '../errors'
import { chainSchema, parseChain } from './augmentation'
import { frontEndSchema, parseFrontEnd } from './front-end'
import { formerFields, upgradeRecipe } from './upgrade-recipe'

/** The check of a Recipe that comes from a window, a file or the command line. */
export const recipeSchema = z.strictObject({
  name: z.string().min(1).max(100),
  frontEnd: frontEndSchema,
  model: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('logmel-cnn'),
      cropSeconds: z.number().positive().max(60),
      filters: z.array(z.int().min(1).max(1024)).min(1).max(8),
      dropout: z.number().min(0).max(0.9),
    }),
    z.strictObject({
      kind: z.literal('mfcc-logistic'),
      mfccCount: z.int().min(1).max(128),
      inverseL2: z.number().positive().max(1e6),
    }),
  ]),
  training: z.strictObject({
    maxEpochs: z.int().min(1).max(100_000),
    batchClips: z.int().min(1).max(4096),
    learningRate: z.number().positive().max(10),
    patienceEpochs: z.int().min(0).max(100_000),
    validationShare: z.number().min(0).max(0.5),
    isClassBalanced: z.boolean(),
    chain: chainSchema.optional(),
  }),
  features: z.literal('graph').optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
}) satisfies z.ZodType<Recipe>

/** Reads a recipe from parsed JSON, one of an earlier Earmark too. @throws AppError 'invalid-argument' naming the field. */
export function parseRecipe(value: unknown, source: string): Recipe {
  const result = recipeSchema.safeParse(upgradeRecipe(value))
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new AppError('invalid-argument', `${source}: ${issue.path.join('.') || 'recipe'}: ${issue.message}`)
}

/**
 * One `key=value` of `--set`: the key is a dotted path of the recipe, whose last part may be a field that is absent
 * so far; the value is read as JSON and, failing that, as text.
 */
export function overrideRecipe(recipe: Recipe, assignment: string): Recipe {
  return override(recipe, assignment, 'this recipe', recipeSchema, parseRecipe)
}

/** The same for a front end by itself. */
export function overrideFrontEnd(frontEnd: FrontEnd, assignment: string): FrontEnd {
  return override(frontEnd, assignment, 'this front end', frontEndSchema, parseFrontEnd)
}

/**
 * The chain of parsed JSON that is one, or that is a whole recipe.
 * @throws AppError 'invalid-argument' naming the source, the step and the field, or that the recipe has none
 */
export function parseChainOf(value: unknown, source: string): AugmentationChain {
  const isRecipe = typeof value === 'object' && value !== null && 'training' in value
  if (!isRecipe) return parseChain(value, source)
  const { chain } = parseRecipe(value, source).training
  if (chain) return chain
  throw new AppError('invalid-argument', `${source}: the recipe has no training.chain.`)
}

function override<T extends object>(
  value: T,
  assignment: string,
  what: string,
  schema: z.ZodType<T>,
  parse: (value: unknown, source: string) => T,
): T {
  const split = assignment.indexOf('=')
  if (split < 1) throw new AppError('invalid-argument', `--set ${assignment}: write it as key=value.`)
  const path = assignment.slice(0, split).split('.')
  const text = assignment.slice(split + 1)
  const copy = structuredClone(value)
  let owner: Record<string, unknown> = copy as unknown as Record<string, unknown>
  const unknown = new AppError('invalid-argument', `--set ${assignment}: ${what} has no ${path.join('.')}.`, {
    ...(formerFields.includes(path.join('.'))
      ? { hint: 'It is a step of training.chain now (docs/augmentation.md).' }
      : {}),
  })
  for (const key of path.slice(0, -1)) {
    if (!Object.hasOwn(owner, key)) throw unknown
    owner = owner[key] as Record<string, unknown>
    if (typeof owner !== 'object' || owner === null) throw unknown
  }
  const last = path.at(-1)!
  const isNew = !Object.hasOwn(owner, last)
  owner[last] = readValue(text)
  if (isNew && schema.safeParse(copy).error?.issues.some(({ code }) => code === 'unrecognized_keys')) throw unknown
  return parse(copy, `--set ${assignment}`)
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
