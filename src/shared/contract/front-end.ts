/** The check of a front end that comes from a window, a file or the command line. */
import { z } from 'zod'
import type { FrontEnd } from '../../dsp/recipe'
import { AppError } from '../errors'

const mostSamples = 2 ** 24
const positiveSamples = z.int().min(1).max(mostSamples)

const windowShape = {
  window: z.enum([
    'hann',
    'hamming',
    'rectangular',
    'blackman',
    'blackman-harris',
    'nuttall',
    'flat-top',
    'bartlett',
    'bohman',
    'cosine',
    'povey',
    'kaiser',
    'gaussian',
    'tukey',
  ]),
  windowParameter: z.number().min(0).max(40).optional(),
  windowSymmetry: z.enum(['periodic', 'symmetric']).optional(),
}

const melBands = z.strictObject({
  scale: z.literal('mel'),
  count: z.int().min(1).max(1024),
  minHz: z.number().min(0),
  maxHz: z.number().positive().nullable(),
  formula: z.enum(['slaney', 'htk']),
  norm: z.enum(['slaney', 'none', 'l1', 'l2', 'max']),
  flanks: z.enum(['hz', 'mel', 'bins']).optional(),
})

const bands = z.discriminatedUnion('scale', [
  melBands,
  z.strictObject({ scale: z.literal('linear') }),
  z.strictObject({
    scale: z.literal('log-normal'),
    count: z.int().min(1).max(1024),
    minHz: z.number().positive(),
    bandsPerOctave: z.number().min(1).max(192),
    spread: z.number().positive().max(10),
  }),
  z.strictObject({
    scale: z.literal('log-triangles'),
    bandsPerOctave: z.number().min(1).max(192),
    minHz: z.number().positive(),
    maxHz: z.number().positive(),
    referenceHz: z.number().positive(),
    norm: z.enum(['none', 'l1']),
  }),
])

const level = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('decibel').optional(),
    referencePower: z.union([z.number().positive(), z.literal('maximum')]),
    aminPower: z.number().positive(),
    topDb: z.number().positive().nullable(),
    weighting: z.enum(['A', 'B', 'C', 'D']).optional(),
  }),
  z.strictObject({
    kind: z.literal('logarithm'),
    base: z.enum(['e', '10', '2']),
    offset: z.number().min(0),
    floor: z.number().min(0),
    floorsOnlyZeros: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('pcen'),
    gain: z.number().min(0).max(10),
    bias: z.number().min(0),
    power: z.number().min(0).max(10),
    epsilon: z.number().positive(),
    timeConstantSeconds: z.number().positive().max(3600),
    start: z.enum(['first-frame', 'one']),
    scale: z.number().positive(),
    maximumOverBands: z.int().min(1).max(1024).optional(),
  }),
  z.strictObject({ kind: z.literal('plain') }),
])

const step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mel'), bands: melBands }),
  z.strictObject({
    kind: z.literal('cepstrum'),
    count: z.int().min(1).max(1024),
    transform: z.union([z.literal(2), z.literal(3)]),
    lifter: z.number().min(0).max(1000),
    lifterOffset: z.union([z.literal(0), z.literal(1)]),
    startsWithEnergy: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('delta'),
    method: z.enum(['savitzky-golay', 'regression', 'librosa-0.3']),
    width: z
      .int()
      .min(3)
      .max(99)
      .refine((width) => width % 2 === 1, 'Wants an odd number.'),
    order: z.union([z.literal(1), z.literal(2)]),
    into: z.enum(['replace', 'bands', 'channels']),
  }),
  z.strictObject({ kind: z.literal('crop'), firstBand: z.int().min(0), count: z.int().min(1) }),
  z.strictObject({ kind: z.literal('sub-bands'), count: z.int().min(1), hopBands: z.int().min(1) }),
  z.strictObject({
    kind: z.literal('difference-of-gaussians'),
    narrowSigma: z.number().positive().max(100),
    wideSigma: z.number().positive().max(100),
    into: z.enum(['replace', 'channels']),
  }),
  z.strictObject({
    kind: z.literal('sobel'),
    output: z.enum(['magnitude', 'gradients']),
    into: z.enum(['replace', 'channels']),
  }),
])

const common = {
  sampleRateHz: z.number().min(1000).max(384_000),
  channel: z.union([z.literal('mean'), z.int().min(0).max(63)]),
  conditioning: z
    .strictObject({
      removesMean: z.boolean().optional(),
      trimBelowPeakShare: z.number().min(0).max(1).optional(),
      peak: z.number().positive().optional(),
      gain: z.number().positive().optional(),
      length: z
        .strictObject({
          leastSamples: z.int().min(0).max(mostSamples),
          stepSamples: positiveSamples.optional(),
          mostSamples: positiveSamples.optional(),
          anchor: z.enum(['start', 'center']),
        })
        .optional(),
      preEmphasis: z.number().min(0).max(1).optional(),
    })
    .optional(),
  steps: z.array(step).max(16).optional(),
  segments: z
    .strictObject({
      of: z.enum(['samples', 'frames']),
      length: positiveSamples,
      hop: positiveSamples,
      rest: z.enum(['drop', 'pad']),
      quietest: z.number().optional(),
    })
    .optional(),
}

const padMode = z.enum(['constant', 'reflect', 'edge'])

export const frontEndSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('spectrogram').optional(),
      ...common,
      fftSamples: z.int().min(32).max(65_536),
      windowSamples: z.int().min(16).max(65_536),
      ...windowShape,
      hopSamples: z.int().min(1).max(65_536),
      center: z.boolean(),
      padMode,
      uncentredFrames: z.enum(['fft', 'window', 'window-padded']).optional(),
      power: z.union([z.literal(1), z.literal(2)]),
      dividesByFft: z.boolean().optional(),
      bands,
      level,
    }),
    z.strictObject({
      kind: z.literal('constant-q'),
      ...common,
      ...windowShape,
      hopSamples: z.int().min(1).max(65_536),
      minHz: z.number().min(1),
      count: z.int().min(1).max(1024),
      bandsPerOctave: z.number().min(1).max(192),
      filterScale: z.number().min(0.01).max(10),
      gammaHz: z.number().min(0).max(1000),
      isScaled: z.boolean(),
      padMode,
      power: z.union([z.literal(1), z.literal(2)]),
      level,
    }),
    z.strictObject({
      kind: z.literal('waveform'),
      ...common,
      frameSamples: positiveSamples,
      hopSamples: positiveSamples,
      rest: z.enum(['drop', 'pad']),
      companding: z
        .strictObject({ levels: z.int().min(2).max(65_536), output: z.enum(['values', 'codes']) })
        .optional(),
    }),
  ])
  .superRefine((frontEnd, context) => {
    for (const [path, message] of findContradictions(frontEnd))
      context.addIssue({ code: 'custom', path: path.split('.'), message })
  }) satisfies z.ZodType<FrontEnd>

/** Reads a front end from parsed JSON. @throws AppError 'invalid-argument' naming the field. */
export function parseFrontEnd(value: unknown, source: string): FrontEnd {
  const result = frontEndSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new AppError('invalid-argument', `${source}: ${issue.path.join('.') || 'front end'}: ${issue.message}`)
}

/** Fields that are possible each for itself, but not together: the path of one of them and what is wrong. */
function findContradictions(frontEnd: FrontEnd): [path: string, message: string][] {
  const half = frontEnd.sampleRateHz / 2
  const found: [string, string][] = []
  if (frontEnd.kind !== 'constant-q' && frontEnd.kind !== 'waveform') {
    if (frontEnd.windowSamples > frontEnd.fftSamples)
      found.push(['windowSamples', `At most the FFT length, ${frontEnd.fftSamples} samples.`])
    if (frontEnd.bands.scale === 'mel') {
      const { minHz, maxHz } = frontEnd.bands
      if (maxHz !== null && maxHz > half) found.push(['bands.maxHz', `At most half the sample rate, ${half} Hz.`])
      if (minHz >= (maxHz ?? half)) found.push(['bands.minHz', `Below the highest frequency, ${maxHz ?? half} Hz.`])
    }
  }
  const { windowParameter, window } = frontEnd.kind === 'waveform' ? {} : frontEnd
  if (windowParameter !== undefined && !['kaiser', 'gaussian', 'tukey'].includes(window!))
    found.push(['windowParameter', `A ${window} window has none.`])
  frontEnd.steps?.forEach((one, index) => {
    if (one.kind === 'difference-of-gaussians' && one.narrowSigma >= one.wideSigma)
      found.push([`steps.${index}.wideSigma`, `Above the narrow one, ${one.narrowSigma}.`])
  })
  return found
}
