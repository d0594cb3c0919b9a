/** The check of an augmentation chain that comes from a window, a file or the command line. */
import { z } from 'zod'
import { type AugmentationChain, isMixingStep, isPictureStep } from '../../dsp/recipe'
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

const alpha = z.number().positive().max(100)
const labels = z.enum(['shares', 'both'])
const masks = z.int().min(1).max(10)

export const soundSourceSchema = z.union([
  z.strictObject({ query: z.string() }),
  z.strictObject({ folder: z.string().min(1) }),
])

const responseOptions = { tail: z.enum(['truncate', 'keep']), level: z.enum(['rms', 'direct']), ...options }

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
        z.strictObject({
          kind: z.literal('room'),
          roomMeters: range(1, 50),
          rt60Seconds: range(0.05, 10),
          ...responseOptions,
        }),
        z.strictObject({ kind: z.literal('impulse-response'), source: soundSourceSchema, ...responseOptions }),
        z.strictObject({
          kind: z.literal('distance'),
          meters: range(1, 500),
          criticalMeters: range(0.1, 500),
          rt60Seconds: range(0.05, 10),
          level: z.enum(['falls', 'rms']),
          ...options,
        }),
        z
          .strictObject({
            kind: z.literal('device'),
            lowHz: range(0, 2000),
            highHz: range(100, 200_000),
            tiltDb: range(-24, 24),
            offset: range(-0.5, 0.5),
            ...options,
          })
          .refine(({ lowHz, highHz }) => lowHz[1] < highHz[0], {
            path: ['lowHz'],
            message: 'all of it must lie under highHz',
          }),
        z.strictObject({ kind: z.literal('clip'), shape: z.enum(['hard', 'soft']), overDb: range(0, 60), ...options }),
        z.strictObject({
          kind: z.literal('quantize'),
          bits: range(2, 24),
          dither: z.enum(['none', 'triangular']),
          ...options,
        }),
        z.strictObject({
          kind: z.literal('codec'),
          codec: z.enum(['g711-mu', 'g711-a', 'ima-adpcm']),
          at: z.enum(['own', 'telephone']),
          ...options,
        }),
        z.strictObject({ kind: z.literal('opus'), kilobits: range(6, 256), ...options }),
        z.strictObject({ kind: z.literal('resample'), rateHz: range(1000, 192_000), ...options }),
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
        z.strictObject({
          kind: z.literal('background'),
          source: soundSourceSchema,
          quietDb: range(1, 120),
          levelDb: range(-60, 60),
          beside: z.enum(['background', 'foreground']),
          ...options,
        }),
        z.strictObject({ kind: z.literal('time-stretch'), rate: range(0.25, 4), ...options }),
        z.strictObject({ kind: z.literal('pitch-shift'), semitones: range(-24, 24), ...options }),
        z.strictObject({ kind: z.literal('sound-mixup'), alpha, labels, ...options }),
        z.strictObject({ kind: z.literal('between-class'), ratio: range(0, 1), ...options }),
        z.strictObject({
          kind: z.literal('frequency-mask'),
          masks,
          widestBands: z.int().min(0).max(1024),
          ...options,
        }),
        z.strictObject({
          kind: z.literal('time-mask'),
          masks,
          widestFrames: z.int().min(0).max(10_000),
          widestShare: z.number().min(0).max(1),
          ...options,
        }),
        z.strictObject({ kind: z.literal('time-warp'), widestFrames: z.int().min(0).max(10_000), ...options }),
        z.strictObject({ kind: z.literal('picture-gain'), decibels: range(-60, 60), ...options }),
        z.strictObject({ kind: z.literal('mixup'), alpha, labels, ...options }),
      ]),
    )
    .max(32)
    .superRefine((steps, context) => {
      const firstPicture = steps.findIndex(isPictureStep)
      const late =
        firstPicture < 0 ? -1 : steps.findIndex((step, place) => place > firstPicture && !isPictureStep(step))
      if (late >= 0) {
        const message = 'a step of the sound must stand before all steps of the picture'
        context.addIssue({ code: 'custom', path: [late], message })
      }
      const [, second] = steps.flatMap((step, place) => (isMixingStep(step) ? [place] : []))
      if (second !== undefined)
        context.addIssue({ code: 'custom', path: [second], message: 'a chain mixes sounds once at most' })
    }),
}) satisfies z.ZodType<AugmentationChain>

/** Reads a chain from parsed JSON. @throws AppError 'invalid-argument' naming the step and the field */
export function parseChain(value: unknown, source: string): AugmentationChain {
  const result = chainSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new AppError('invalid-argument', `${source}: ${issue.path.join('.') || 'chain'}: ${issue.message}`)
}
