/**
 * What stands in the recipe form: the recipe it began from and, as text, each field that was touched. Text is kept
 * as typed, so that "1e-" may become "1e-3"; the recipe is read from it with the contract's own check.
 */
import { z } from 'zod'
import { pictureShape } from '../../../dsp/picture-shape'
import type { Recipe } from '../../../dsp/recipe'
import { recipeSchema } from '../../../shared/contract/recipe'
import { formatCount } from '../../display-format'
import { readField, type RecipeField, writeField } from './recipe-field'
import { fieldsOf } from './recipe-fields'

export interface RecipeDraft {
  base: Recipe
  /** Dotted path to what was typed; absent while the field is as in `base`. */
  texts: Record<string, string>
}

export interface DraftReading {
  /** The recipe, null while any field does not pass its check. */
  recipe: Recipe | null
  /** Dotted path to what is wrong with it. */
  issues: Record<string, string>
  /** Paths whose value differs from the base. */
  changed: string[]
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join(', ')
  return String(value)
}

/**
 * Turns an input's text into the value to check; what is not a number stays text, for the check to refuse. Undefined takes a
 * field out that may be absent.
 */
export function valueOf(field: RecipeField, text: string): unknown {
  const trimmed = text.trim()
  const isOptional = field.offeredWith !== undefined
  if (field.kind === 'switch') return trimmed === 'true' || (isOptional ? undefined : false)
  if (isOptional && trimmed === '') return undefined
  if (field.kind === 'choice')
    return field.choices?.find((choice) => String(choice.value) === trimmed)?.value ?? trimmed
  if (field.kind === 'list') return trimmed === '' ? [] : trimmed.split(/[\s,;]+/).map(numberOf)
  if (trimmed === '' && field.emptyMeans !== undefined) return null
  return numberOf(trimmed)
}

function numberOf(text: string): number | string {
  const value = Number(text)
  return text === '' || !Number.isFinite(value) ? text : value
}

/** The draft with one field's text; a text that says what the base says is no change. */
export function typeInto(draft: RecipeDraft, path: string, text: string): RecipeDraft {
  const field = fieldsOf(draft.base).find((one) => one.path === path)
  const value = field ? valueOf(field, text) : text
  const isAsBase = JSON.stringify(value) === JSON.stringify(readField(draft.base, path))
  const texts = Object.fromEntries(Object.entries(draft.texts).filter(([key]) => key !== path))
  if (!isAsBase) texts[path] = text
  return { base: draft.base, texts }
}

/** Reads the draft with the contract's check. Fields that the draft's model does not read keep the base's value. */
export function readDraft(draft: RecipeDraft): DraftReading {
  let candidate = draft.base
  const changed: string[] = []
  if (draft.texts['name'] !== undefined) {
    candidate = writeField(candidate, 'name', draft.texts['name'].trim())
    changed.push('name')
  }
  for (const field of fieldsOf(draft.base)) {
    const text = draft.texts[field.path]
    if (text === undefined) continue
    candidate = writeField(candidate, field.path, valueOf(field, text))
    changed.push(field.path)
  }
  const result = recipeSchema.safeParse(candidate)
  const issues: Record<string, string> = {}
  if (!result.success)
    for (const issue of result.error.issues) {
      const path = fieldPath(issue.path)
      issues[path] ??= describeIssue(issue, path, fieldsOf(draft.base).find((field) => field.path === path)?.unit ?? '')
    }
  else {
    const reason = whyImpossible(result.data)
    if (reason !== null) return { recipe: null, issues: { frontEnd: reason }, changed }
  }
  return { recipe: result.success ? result.data : null, issues, changed }
}

/** Why a front end whose fields are possible each for itself cannot be computed; null where it can. */
function whyImpossible({ frontEnd }: Recipe): string | null {
  try {
    pictureShape(frontEnd)
    return null
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    return `Cannot be computed: ${thrown.message}.`
  }
}

// An item of a list ("model.filters.1") belongs to the field of the list.
function fieldPath(path: PropertyKey[]): string {
  return (typeof path.at(-1) === 'number' ? path.slice(0, -1) : path).join('.')
}

function describeIssue(issue: z.core.$ZodIssue, path: string, unit: string): string {
  const withUnit = (value: unknown): string => {
    if (!unit || unit.startsWith('±')) return String(value)
    return `${String(value)} ${value === 1 && unit.length > 1 ? unit.replace(/s$/, '') : unit}`
  }
  if (issue.code === 'too_small') {
    if (issue.origin === 'array') return 'Wants at least one number.'
    if (issue.origin === 'string') return 'Wants a name.'
    return issue.inclusive ? `At least ${withUnit(issue.minimum)}.` : `More than ${withUnit(issue.minimum)}.`
  }
  if (issue.code === 'too_big') {
    if (issue.origin === 'array') return `At most ${String(issue.maximum)} numbers.`
    if (issue.origin === 'string') return `At most ${String(issue.maximum)} characters.`
    return `At most ${withUnit(issue.maximum)}.`
  }
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'Wants a whole number.' : 'Wants a number.'
  if (issue.code === 'invalid_union' && path === 'frontEnd.level.referencePower')
    return 'Wants a power above 0, or “maximum”.'
  return issue.message
}

interface NumberRange {
  minimum: number | null
  isMinimumExcluded: boolean
  maximum: number | null
  isWhole: boolean
}

interface JsonSchema {
  type?: string
  properties?: Record<string, JsonSchema>
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  items?: JsonSchema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
}

const described = z.toJSONSchema(recipeSchema) as JsonSchema

/** The range of a number (or of a list's items) in the contract's check; null for fields that are no numbers. */
export function rangeOf(path: string): NumberRange | null {
  let nodes: JsonSchema[] = [described]
  const spread = (node: JsonSchema): JsonSchema[] => [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])]
  for (const key of path.split('.'))
    nodes = nodes.flatMap(spread).flatMap((node) => {
      const inner = /^\d+$/.test(key) ? node.items : node.properties?.[key]
      return inner ? [inner] : []
    })
  const number = nodes
    .flatMap(spread)
    .flatMap((node) => (node.items ? [node.items] : [node]))
    .find((node) => (node.type === 'number' || node.type === 'integer') && !('const' in node))
  if (!number) return null
  const bound = (value: number | undefined): number | null =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value
  return {
    minimum: bound(number.exclusiveMinimum ?? number.minimum),
    isMinimumExcluded: number.exclusiveMinimum !== undefined,
    maximum: bound(number.maximum),
    isWhole: number.type === 'integer',
  }
}

/** A range as the form shows it: "0 to 0.9", "above 0", "1 to 1,024". */
export function describeRange(path: string): string {
  const range = rangeOf(path)
  if (!range) return ''
  const { minimum, maximum } = range
  if (minimum !== null && maximum !== null)
    return range.isMinimumExcluded
      ? `above ${formatCount(minimum)}, to ${formatCount(maximum)}`
      : `${formatCount(minimum)} to ${formatCount(maximum)}`
  if (minimum !== null)
    return range.isMinimumExcluded ? `above ${formatCount(minimum)}` : `${formatCount(minimum)} or more`
  return maximum !== null ? `to ${formatCount(maximum)}` : ''
}
