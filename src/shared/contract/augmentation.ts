/** The check of an augmentation chain that comes from a window, a file or the command line. */
import { z } from 'zod'
import type { AugmentationChain } from '../../dsp/recipe'
import { AppError } from '../errors'

const mostSeconds = 600

function range(low: number, high: number) {
  const value = z.number().min(low).max(high)
  return z.tuple([value, value]).refine(([from, to]) => from <= to, 'the first must not be larger than the second')
}

const options = {
  probability: z.number().min(0).max(1).optional(),
  onlyClasses: z.array(z.string().min(1)).min(1).optional(),
  exceptClasses: z.array(z.string().min(1)).min(1).optional(),
}

const level = z.enum(['rms', 'active', 'peak', 'a-weighted'])

export const soundSourceSchema = z.union([
  z.strictObject({ query: z.string() }),
  z.strictObject({ folder: z.string().min(1) }),
])

export const chainSchema = z.strictObject({
  steps: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('gain'), decibels: range(-120, 60), ...options }),
        z.strictObject({ kind: z.literal('polarity'), ...options }),
        z.strictObject({
          kind: z.literal('time-shift'),
          seconds: range(-mostSeconds, mostSeconds),
          fill: z.enum(['silence', 'wrap']),
          ...options,
        }),
        z.strictObject({ kind: z.literal('crop'), seconds: range(0.001, mostSeconds), ...options }),
        z.strictObject({ kind: z.literal('silence'), seconds: range(0, mostSeconds), ...options }),
        z.strictObject({
          kind: z.literal('noise'),
          color: z.enum(['white', 'pink', 'brown']),
          snrDb: range(-60, 120),
          level,
          ...options,
        }),
        z.strictObject({
          kind: z.literal('recorded-noise'),
          source: soundSourceSchema,
          snrDb: range(-60, 120),
          level,
          ...options,
        }),
        z.strictObject({
          kind: z.literal('babble'),
          source: soundSourceSchema,
          voices: z
            .tuple([z.int().min(1).max(32), z.int().min(1).max(32)])
            .refine(([from, to]) => from <= to, 'the first must not be larger than the second'),
          snrDb: range(-60, 120),
          level,
          ...options,
        }),
        z.strictObject({ kind: z.literal('time-stretch'), rate: range(0.25, 4), ...options }),
        z.strictObject({ kind: z.literal('pitch-shift'), semitones: range(-24, 24), ...options }),
      ]),
    )
    .max(32),
}) satisfies z.ZodType<AugmentationChain>

/** Reads a chain from parsed JSON. @throws AppError 'invalid-argument' naming the step and the field */
export function parseChain(value: unknown, source: string): AugmentationChain {
  const result = chainSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new AppError('invalid-argument', `${source}: ${issue.path.join('.') || 'chain'}: ${issue.message}`)
}
