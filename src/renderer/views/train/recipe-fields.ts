/** What the recipe form shows: one line for each field of a Recipe, in the words of the person who trains. */
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
  /** What an empty input stands for, where null is allowed. */
  emptyMeans?: string
}

export const groupNames: Record<FieldGroup, string> = {
  frontEnd: 'Front end',
  model: 'Model',
  training: 'Training',
}

const frontEnd: Omit<RecipeField, 'group'>[] = [
  {
    path: 'frontEnd.sampleRateHz',
    label: 'Sample rate',
    unit: 'Hz',
    kind: 'number',
    explain: 'Every recording is resampled to this first; nothing above half of it is heard.',
  },
  {
    path: 'frontEnd.channel',
    label: 'Channel',
    unit: '',
    kind: 'choice',
    choices: [
      { value: 'mean', name: 'mean of all' },
      { value: 0, name: '1 (left)' },
      { value: 1, name: '2 (right)' },
    ],
    explain: 'Which channel of a recording is used.',
  },
  {
    path: 'frontEnd.fftSamples',
    label: 'FFT length',
    unit: 'samples',
    kind: 'number',
    explain: 'Longer separates tones better; a power of two is fastest.',
  },
  {
    path: 'frontEnd.windowSamples',
    label: 'Window length',
    unit: 'samples',
    kind: 'number',
    explain: 'Samples seen by one frame; at most the FFT length, the rest is zero padding.',
  },
  {
    path: 'frontEnd.window',
    label: 'Window',
    unit: '',
    kind: 'choice',
    choices: [
      { value: 'hann', name: 'Hann' },
      { value: 'hamming', name: 'Hamming' },
      { value: 'blackman', name: 'Blackman' },
      { value: 'blackman-harris', name: 'Blackman–Harris' },
      { value: 'nuttall', name: 'Nuttall' },
      { value: 'kaiser', name: 'Kaiser' },
      { value: 'gaussian', name: 'Gauss' },
      { value: 'tukey', name: 'Tukey' },
      { value: 'flat-top', name: 'flat top' },
      { value: 'bartlett', name: 'Bartlett (triangle)' },
      { value: 'bohman', name: 'Bohman' },
      { value: 'cosine', name: 'cosine' },
      { value: 'povey', name: 'Povey (Kaldi)' },
      { value: 'rectangular', name: 'rectangular' },
    ],
    explain: 'Shape of the window; Hann is a good middle way, Blackman and Kaiser leak less into distant bands.',
  },
  {
    path: 'frontEnd.hopSamples',
    label: 'Hop',
    unit: 'samples',
    kind: 'number',
    explain: 'Distance between frames; shorter sees time more finely and takes longer.',
  },
  {
    path: 'frontEnd.center',
    label: 'Centred frames',
    unit: '',
    kind: 'switch',
    explain: 'Pad both ends so that frame t is centred on sample t · hop.',
  },
  {
    path: 'frontEnd.padMode',
    label: 'Padding',
    unit: '',
    kind: 'choice',
    choices: [
      { value: 'constant', name: 'zeros' },
      { value: 'reflect', name: 'reflection' },
      { value: 'edge', name: 'first and last sample' },
    ],
    explain: 'What centred frames find beyond the ends of a clip.',
  },
  {
    path: 'frontEnd.power',
    label: 'Spectrum',
    unit: '',
    kind: 'choice',
    choices: [
      { value: 1, name: 'magnitude' },
      { value: 2, name: 'power' },
    ],
    explain: 'What is summed in a band: magnitudes or their squares.',
  },
  {
    path: 'frontEnd.bands.count',
    label: 'Mel bands',
    unit: 'bands',
    kind: 'number',
    explain: 'Height of the picture; more bands resolve pitch, fewer generalise.',
  },
  {
    path: 'frontEnd.bands.minHz',
    label: 'Lowest frequency',
    unit: 'Hz',
    kind: 'number',
    explain: 'Lower edge of the first band; raise it to leave out rumble.',
  },
  {
    path: 'frontEnd.bands.maxHz',
    label: 'Highest frequency',
    unit: 'Hz',
    kind: 'number',
    emptyMeans: 'half the sample rate',
    explain: 'Upper edge of the last band.',
  },
  {
    path: 'frontEnd.bands.formula',
    label: 'Mel formula',
    unit: '',
    kind: 'choice',
    choices: [
      { value: 'slaney', name: 'Slaney' },
      { value: 'htk', name: 'HTK' },
    ],
    explain: 'Slaney is linear below 1 kHz; HTK is logarithmic throughout.',
  },
  {
    path: 'frontEnd.bands.norm',
    label: 'Band weights',
    unit: '',
    kind: 'choice',
    choices: [
      { value: 'slaney', name: 'equal area' },
      { value: 'none', name: 'equal height' },
    ],
    explain: 'Equal area keeps wide high bands from being louder than narrow low ones.',
  },
  {
    path: 'frontEnd.level.topDb',
    label: 'Dynamic range',
    unit: 'dB',
    kind: 'number',
    emptyMeans: 'no limit',
    explain: 'Levels further than this below the clip’s loudest are raised to that floor.',
  },
  {
    path: 'frontEnd.level.referencePower',
    label: '0 dB is at',
    unit: 'power',
    kind: 'number',
    explain: 'The power that reads 0 dB.',
  },
  {
    path: 'frontEnd.level.aminPower',
    label: 'Smallest power',
    unit: 'power',
    kind: 'number',
    explain: 'Anything weaker is taken as this before the logarithm.',
  },
]

const model: Omit<RecipeField, 'group'>[] = [
  {
    path: 'model.cropSeconds',
    label: 'Crop',
    unit: 's',
    kind: 'number',
    explain: 'Length of one training example, cut at random; shorter clips are repeated to fill it.',
  },
  {
    path: 'model.filters',
    label: 'Filters',
    unit: 'per block',
    kind: 'list',
    explain: 'One convolution block for each number, separated by commas; more is stronger and slower.',
  },
  {
    path: 'model.dropout',
    label: 'Dropout',
    unit: '',
    kind: 'number',
    explain: 'Share of activations dropped while training; raise it against overfitting.',
  },
  {
    path: 'model.mfccCount',
    label: 'MFCCs',
    unit: 'coefficients',
    kind: 'number',
    explain: 'Cepstral coefficients kept; each adds its mean, deviation and deltas.',
  },
  {
    path: 'model.inverseL2',
    label: 'Inverse L2 strength C',
    unit: '',
    kind: 'number',
    explain: 'As in scikit-learn: smaller regularises more.',
  },
]

const training: Omit<RecipeField, 'group'>[] = [
  {
    path: 'training.maxEpochs',
    label: 'Epochs, at most',
    unit: 'epochs',
    kind: 'number',
    explain: 'Passes over the training clips; mfcc-logistic reads it as iterations of the solver.',
  },
  {
    path: 'training.patienceEpochs',
    label: 'Patience',
    unit: 'epochs',
    kind: 'number',
    explain:
      'Stop after this many epochs without a better loss, on validation clips where some are held out; 0 never stops early.',
  },
  {
    path: 'training.validationShare',
    label: 'Validation share',
    unit: 'of groups',
    kind: 'number',
    explain: 'Share of the training groups held out to choose the best epoch.',
  },
  {
    path: 'training.batchClips',
    label: 'Batch',
    unit: 'clips',
    kind: 'number',
    explain: 'Clips in one step; larger is steadier and wants more memory.',
  },
  {
    path: 'training.learningRate',
    label: 'Learning rate',
    unit: '',
    kind: 'number',
    explain: 'Step size of Adam; lower it when the loss jumps.',
  },
  {
    path: 'training.isClassBalanced',
    label: 'Balance classes',
    unit: '',
    kind: 'switch',
    explain: 'Draw every class equally often, however many clips it has.',
  },
  {
    path: 'training.mixupAlpha',
    label: 'Mixup α',
    unit: '',
    kind: 'number',
    explain: 'Mixes pairs of crops with weights from Beta(α, α); 0 is off.',
  },
  {
    path: 'training.frequencyMasks',
    label: 'Frequency masks',
    unit: '',
    kind: 'number',
    explain: 'SpecAugment: how many stripes of bands are blanked in each crop.',
  },
  {
    path: 'training.frequencyMaskBands',
    label: 'Widest frequency mask',
    unit: 'bands',
    kind: 'number',
    explain: 'Each frequency mask covers 0 to this many bands.',
  },
  {
    path: 'training.timeMasks',
    label: 'Time masks',
    unit: '',
    kind: 'number',
    explain: 'SpecAugment: how many stretches of time are blanked in each crop.',
  },
  {
    path: 'training.timeMaskFrames',
    label: 'Widest time mask',
    unit: 'frames',
    kind: 'number',
    explain: 'Each time mask covers 0 to this many frames.',
  },
  {
    path: 'training.gainDb',
    label: 'Random gain',
    unit: '± dB',
    kind: 'number',
    explain: 'Each crop is made louder or softer by up to this.',
  },
  {
    path: 'seed',
    label: 'Seed',
    unit: '',
    kind: 'number',
    explain: 'The same seed, clips and recipe give the same run on the same backend.',
  },
]

export const recipeFields: RecipeField[] = [
  ...frontEnd.map((field) => ({ ...field, group: 'frontEnd' as const })),
  ...model.map((field) => ({ ...field, group: 'model' as const })),
  ...training.map((field) => ({ ...field, group: 'training' as const })),
]

// Logistic regression is fitted by a solver of its own: of the training fields it reads these only.
const readByLogistic = new Set(['training.maxEpochs', 'seed'])

/** The fields that this recipe has and its model reads. */
export function fieldsOf(recipe: Recipe): RecipeField[] {
  return recipeFields.filter((field) => {
    if (readField(recipe, field.path) === undefined) return false
    return recipe.model.kind !== 'mfcc-logistic' || field.group !== 'training' || readByLogistic.has(field.path)
  })
}

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

/** A copy with the value at a dotted path replaced. A recipe is plain JSON; the page's reactive views of one are copied so too. */
export function writeField(recipe: Recipe, path: string, value: unknown): Recipe {
  const copy = JSON.parse(JSON.stringify(recipe)) as Recipe
  const keys = path.split('.')
  const last = keys.pop()!
  const owner = readField(copy, keys.join('.')) as Record<string, unknown> | undefined
  const target = keys.length === 0 ? (copy as unknown as Record<string, unknown>) : owner
  if (target) target[last] = value
  return copy
}
