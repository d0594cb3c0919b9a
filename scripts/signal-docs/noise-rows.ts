/** The rows of docs/signal.md for other sounds in a clip: noise, recorded or generated, voices, another background. */
import { meanSquare } from '../../src/dsp/augment/noise'
import type { AugmentationStep } from '../../src/dsp/recipe'
import { change, dB, fixed, hum, largestDifference, ratioError, scene, sceneRateHz } from './augment-scene'
import type { AugmentationError, AugmentationRow } from './augmentation-row'

const source = { query: 'label:crowd' }
const labels = 'Segments stay.'
const ofTheRatio = (error: number): AugmentationError[] => [{ error, unit: 'dB of the ratio' }]

const colors = {
  white: {
    definition:
      'y = x + g·v, v normal, g² = P_x / (P_v·10^(dB/10)). P is a mean square, of the whole (`rms`), of the clip’s frames of 20 ms within 40 dB of the loudest (`active`), or after A-weighting (`a-weighted`), or it is the square of the largest sample (`peak`). Over ±1 both are softened together. Silence stays silent',
    follows: 'audiomentations, AddGaussianSNR',
  },
  pink: {
    definition: 'the same, v made of bins whose power falls by 3.01 dB an octave; under 20 Hz it is flat',
    follows: 'Timmer & König 1995',
  },
  brown: { definition: 'the same, 6.02 dB an octave', follows: 'Timmer & König 1995' },
}

/** Three voices that are not equally loud, one with a pause, one shorter than the scene. */
function voices(): Float32Array[] {
  const glide = (hz: number, loud: number, from: number, seconds: number): Float32Array =>
    Float32Array.from({ length: seconds * sceneRateHz }, (_, n) => {
      const t = n / sceneRateHz
      return t < from ? 0 : loud * Math.sin(2 * Math.PI * hz * (t + 0.05 * Math.sin(2 * Math.PI * 2 * t)))
    })
  return [glide(300, 0.9, 0, 5), glide(700, 0.02, 2, 5), glide(1500, 0.3, 0, 2)]
}

function backgroundErrors(): AugmentationError[] {
  const before = scene().map((value) => value / 4)
  const segments = [{ startSeconds: 0, endSeconds: 2, index: 0 }]
  const edge = 2 * sceneRateHz
  const swapped = ([levelDb, beside]: readonly [number, 'background' | 'foreground']): Float32Array => {
    const drawn = { source, quietDb: fixed(30), levelDb: fixed(levelDb), beside }
    return change(before, { kind: 'background', ...drawn }, { segments, materials: [hum()] }).sound.samples
  }
  const [old, kept] = [before.subarray(edge), before.subarray(0, edge)]
  const ways = [
    [0, 'background'],
    [-10, 'background'],
  ] as const
  const errors = ways.map((way) => Math.abs(dB(meanSquare(swapped(way).subarray(edge)) / meanSquare(old)) - way[0]))
  return [
    { error: largestDifference(swapped(ways[0]).subarray(0, edge), kept), unit: 'in a sample of what is labeled' },
    { error: Math.max(...errors), unit: 'dB of the level' },
  ]
}

export const noiseRows: readonly AugmentationRow[] = [
  ...(['white', 'pink', 'brown'] as const).map((color): AugmentationRow => ({
    name: `noise-${color}`,
    step: { kind: 'noise', color, snrDb: fixed(5), level: 'rms' },
    ...colors[color],
    labels,
    tests: 'augment.test.ts',
    measure: () => ofTheRatio(ratioError((snrDb) => ({ kind: 'noise', color, snrDb: fixed(snrDb), level: 'rms' }))),
  })),
  {
    name: 'recorded-noise',
    step: { kind: 'recorded-noise', source, snrDb: fixed(5), level: 'rms' },
    materials: () => [hum()],
    definition:
      'the same with a sound of a source: a part from a drawn place, or where it is shorter, again and again with 10 ms faded at equal power; of one longer than a minute, a minute from a drawn place',
    follows: 'audiomentations, AddBackgroundNoise',
    labels,
    tests: 'materials.test.ts',
    measure: () => {
      const make = (snrDb: number): AugmentationStep => ({
        ...{ kind: 'recorded-noise', source, level: 'rms' },
        snrDb: fixed(snrDb),
      })
      return ofTheRatio(ratioError(make, [hum()]))
    },
  },
  {
    name: 'babble',
    step: { kind: 'babble', source, voices: [3, 3], snrDb: fixed(0), level: 'rms' },
    materials: voices,
    definition:
      'the same with several sounds at once, as many as were drawn of `voices`, each of one mean square over its active frames',
    follows: '–',
    labels,
    tests: 'babble.test.ts',
    measure: () => {
      const make = (snrDb: number): AugmentationStep => ({
        ...{ kind: 'babble', source, level: 'rms' },
        ...{ voices: [3, 3], snrDb: fixed(snrDb) },
      })
      return ofTheRatio(ratioError(make, voices()))
    },
  },
  {
    name: 'background',
    step: { kind: 'background', source, quietDb: fixed(30), levelDb: fixed(20), beside: 'background' },
    materials: () => [hum()],
    definition:
      'the parts that no segment covers become the background of another sound, crossed at equal power over 20 ms within each part; of a clip without segments, its frames of 20 ms that lie `quietDb` under the loudest for 100 ms or more. The other background is the longest quiet part of the other sound, or all of it where it has none; its mean square is `levelDb` over that of what it replaces (`background`) or of what stays (`foreground`). Over ±1 all is softened',
    follows: '–',
    labels: 'Segments stay, and so does what is heard under them.',
    tests: 'background.test.ts',
    measure: backgroundErrors,
  },
]
