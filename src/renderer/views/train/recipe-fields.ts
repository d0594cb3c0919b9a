/** What the recipe form shows: one line for each field of a Recipe, in the words of the person who trains. */
import type { Recipe } from '../../../dsp/recipe'
import { frontEndFields } from './front-end-fields'
import { type FieldGroup, readField, type RecipeField } from './recipe-field'
import { stepFieldsOf } from './step-fields'

export const groupNames: Record<FieldGroup, string> = {
  frontEnd: 'Front end',
  model: 'Model',
  training: 'Training',
}

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
    path: 'features',
    label: 'Features computed',
    unit: '',
    kind: 'choice',
    choices: [
      { value: '', name: 'on threads' },
      { value: 'graph', name: 'on the backend' },
    ],
    explain: 'By threads of the processor, or in batches by what trains; the same within a ten-thousandth.',
    offeredWith: 'model.dropout',
  },
  {
    path: 'seed',
    label: 'Seed',
    unit: '',
    kind: 'number',
    explain: 'The same seed, clips and recipe give the same run on the same backend.',
  },
]

const learningFields: RecipeField[] = [
  ...model.map((field) => ({ ...field, group: 'model' as const })),
  ...training.map((field) => ({ ...field, group: 'training' as const })),
]

// Logistic regression is fitted by a solver of its own: of the training fields it reads these only.
const readByLogistic = new Set(['training.maxEpochs', 'seed'])

/** The fields that this recipe has, or may have, and its model reads. */
export function fieldsOf(recipe: Recipe): RecipeField[] {
  const steps = (recipe.frontEnd.steps ?? []).flatMap(stepFieldsOf)
  return [...frontEndFields, ...steps, ...learningFields].filter((field) => {
    const isOffered = field.offeredWith !== undefined && readField(recipe, field.offeredWith) !== undefined
    if (!isOffered && readField(recipe, field.path) === undefined) return false
    return recipe.model.kind !== 'mfcc-logistic' || field.group !== 'training' || readByLogistic.has(field.path)
  })
}
