/** The rows of docs/signal.md for the mixing of clips, by sound and by picture. */
import { drawBeta } from '../../src/dsp/augment/beta'
import { mixBetween, weightedLevel } from '../../src/dsp/augment/mixing'
import { applyPictureSteps, type PictureRow } from '../../src/dsp/augment/picture-chain'
import { Random } from '../../src/dsp/random'
import reference from '../../src/dsp/reference/mixing.json'
import { referenceNoise } from '../../src/dsp/reference-signals'
import { change, hum, inASample, largestDifference, scene } from './augment-scene'
import type { AugmentationError, AugmentationRow } from './augmentation-row'

const sine = (hz: number, loud: number): Float32Array =>
  Float32Array.from({ length: 24_014 }, (_, n) => loud * Math.sin((2 * Math.PI * hz * n) / 16_000))

/** The sounds of scripts/make-mixing-reference.py, with what the paper's code made of them. */
export function referenceMixtures() {
  const tones = { own: sine(1000, 1), other: sine(100, 0.1), sampleRateHz: 16_000 }
  const noises = {
    ...{ own: referenceNoise(20_000), sampleRateHz: 44_100 },
    other: referenceNoise(20_000, 7).map((value) => 0.03 * value),
  }
  return reference.mixed.map((wanted, index) => ({ ...(index < 2 ? tones : noises), wanted }))
}

function betweenErrors(): AugmentationError[] {
  const found = referenceMixtures().map(({ own, other, sampleRateHz, wanted }) => ({
    levels: [own, other].map((samples, i) => Math.abs(weightedLevel(samples, sampleRateHz) - wanted.levels[i]!)),
    weight: Math.abs(mixBetween(own, other, wanted.ratio, sampleRateHz)!.weight / wanted.weight - 1),
  }))
  return [
    { error: Math.max(...found.flatMap(({ levels }) => levels)), unit: 'dB of G' },
    { error: Math.max(...found.map(({ weight }) => weight)), unit: 'of p (the paper’s code)' },
  ]
}

function soundMixupErrors(): AugmentationError[] {
  const [own, other] = [scene(), hum()]
  const { sound, values } = change(own, { kind: 'sound-mixup', alpha: 10, labels: 'shares' }, { partner: other })
  const { share, place } = values as { share: number; place: number }
  // The other is shorter: it lies in silence.
  const from = Math.floor(place * (own.length - other.length + 1))
  const wanted = own.map((value, n) => share * value + (1 - share) * (other[n - from] ?? 0))
  return [{ error: largestDifference(sound.samples, wanted), unit: inASample }, ...betaErrors()]
}

function betaErrors(): AugmentationError[] {
  const count = 20_000
  const errors = [0.2, 1, 10].map((alpha) => {
    const random = new Random(7)
    const draws = Array.from({ length: count }, () => drawBeta(alpha, random))
    const mean = draws.reduce((total, draw) => total + draw, 0) / count
    const variance = draws.reduce((total, draw) => total + (draw - mean) ** 2, 0) / count
    return Math.abs(variance * 4 * (2 * alpha + 1) - 1)
  })
  return [{ error: Math.max(...errors), unit: 'of the variance of λ, 20,000 draws' }]
}

function pictureMixupErrors(): AugmentationError[] {
  const size = 40
  const noise = referenceNoise(6 * size)
  const rows = Array.from({ length: 6 }, (_, index): PictureRow => {
    const targets = new Float32Array(6)
    targets[index] = 1
    const values = noise.slice(index * size, (index + 1) * size)
    const place = { seed: 1, epoch: 1, example: index, className: null }
    return { crop: { frames: 5, bands: 8, channels: 1, values }, targets, place }
  })
  const given = rows.map(({ crop }) => crop.values.slice())
  const chain = { steps: [{ kind: 'mixup' as const, alpha: 1, labels: 'shares' as const }] }
  const drawn = applyPictureSteps(rows, chain, new Float32Array(8))
  const errors = rows.map(({ crop, targets }, index) => {
    const { share, partnerRow } = drawn[index]![0]!.values as { share: number; partnerRow: number }
    const wanted = given[index]!.map((value, cell) => share * value + (1 - share) * given[partnerRow]![cell]!)
    const shares = new Float32Array(6)
    shares[index] = share
    shares[partnerRow] = shares[partnerRow]! + 1 - share
    return { picture: largestDifference(crop.values, wanted), label: largestDifference(targets, shares) }
  })
  return [
    { error: Math.max(...errors.map(({ picture }) => picture)), unit: 'in a value' },
    { error: Math.max(...errors.map(({ label }) => label)), unit: 'in a share of a class' },
  ]
}

const bothLabels =
  'or, with `both`, the larger of the two for each class, divided by the sum, for the networks here share one among the classes'

export const mixingRows: readonly AugmentationRow[] = [
  {
    name: 'between-class',
    step: { kind: 'between-class', ratio: [0.5, 0.5] },
    partner: hum,
    definition:
      'with a clip of another class: (p·x1 + (1 − p)·x2)/√(p² + (1 − p)²), p = 1/(1 + 10^((G1 − G2)/20)·(1 − r)/r), r drawn from `ratio`. G is the largest A-weighted level of Hann frames half a frame apart, 2048 samples long at 16 kHz, 4096 at 44.1 kHz, at other rates the power of two nearest to 110 ms. Where one of the two is silent nothing is mixed',
    follows: 'Tokozume, Ushiku & Harada 2018',
    labels: 'Classes become r·t1 + (1 − r)·t2; the segments of both are kept.',
    tests: 'mixing.test.ts',
    measure: betweenErrors,
  },
  {
    name: 'sound-mixup',
    step: { kind: 'sound-mixup', alpha: 10, labels: 'shares' },
    partner: hum,
    definition: 'λ·x1 + (1 − λ)·x2, λ from Beta(α, α), at any loudness',
    follows: 'Zhang et al. 2018; with α 10 and a probability of 0.5, that of AST',
    labels: `Classes become λ·t1 + (1 − λ)·t2, ${bothLabels}; the segments of both are kept.`,
    tests: 'mixing.test.ts, partners.test.ts',
    measure: soundMixupErrors,
  },
  {
    name: 'mixup',
    step: { kind: 'mixup', alpha: 1, labels: 'shares' },
    partner: hum,
    definition:
      'the same of pictures, pairs of a batch, λ folded to 0.5 … 1 so that each stays mostly itself; the other is what has come to its place when the batch is shuffled, and may be itself',
    follows: 'Zhang et al. 2018',
    labels: 'Classes as of `sound-mixup`.',
    tests: 'picture-chain.test.ts',
    measure: pictureMixupErrors,
  },
]
