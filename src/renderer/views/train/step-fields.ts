/** The fields of the steps of a front end, as the recipe form shows them. */
import type { FrontEndStep } from '../../../dsp/front-end'
import { choice, type Choices, type FieldWithoutGroup as Field, number, type RecipeField, toggle } from './recipe-field'

const places: Choices = [
  { value: 'replace', name: 'instead of the picture' },
  { value: 'bands', name: 'as more bands' },
  { value: 'channels', name: 'as more channels' },
]
const channelPlaces = places.filter(({ value }) => value !== 'bands')

const stepFields: Record<FrontEndStep['kind'], Field[]> = {
  mel: [
    number('bands.count', 'mel bands', 'bands', 'Mel bands of the levels, instead of all bins.'),
    number('bands.minHz', 'lowest frequency', 'Hz', 'Lower edge of the first band.'),
    number('bands.maxHz', 'highest frequency', 'Hz', 'Upper edge of the last band.', {
      emptyMeans: 'half the sample rate',
    }),
    choice('bands.formula', 'mel formula', 'Slaney is linear below 1 kHz; HTK is logarithmic throughout.', [
      { value: 'slaney', name: 'Slaney' },
      { value: 'htk', name: 'HTK' },
    ]),
    choice('bands.norm', 'band weights', 'How the weights of a band are scaled.', [
      { value: 'slaney', name: 'equal area' },
      { value: 'none', name: 'equal height' },
      { value: 'l1', name: 'weights sum to 1' },
      { value: 'l2', name: 'squares sum to 1' },
      { value: 'max', name: 'largest weight is 1' },
    ]),
  ],
  cepstrum: [
    number('count', 'coefficients', '', 'Cepstral coefficients kept: 13 for speech, 20 in librosa.'),
    choice('transform', 'cosine transform', 'Orthonormal DCT of type II, or III as HTK has it.', [
      { value: 2, name: 'DCT-II' },
      { value: 3, name: 'DCT-III' },
    ]),
    number('lifter', 'lifter', '', 'Raises higher coefficients; 22 is usual for speech, 0 is off.'),
    choice('lifterOffset', 'lifter counts from', '1 in librosa, 0 in HTK and python_speech_features.', [
      { value: 0, name: '0' },
      { value: 1, name: '1' },
    ]),
    toggle('startsWithEnergy', 'energy first', 'Coefficient 0 becomes the logarithm of the frame’s energy.', {
      offeredWith: 'lifter',
    }),
  ],
  delta: [
    choice('method', 'method', 'How the slope along time is taken.', [
      { value: 'savitzky-golay', name: 'Savitzky–Golay (librosa)' },
      { value: 'regression', name: 'regression (HTK)' },
      { value: 'librosa-0.3', name: 'librosa 0.3.1 (Piczak)' },
    ]),
    number('width', 'width', 'frames', 'Frames that a slope is taken over; odd.'),
    choice('order', 'order', 'Slopes, or slopes and how they change.', [
      { value: 1, name: 'first' },
      { value: 2, name: 'first and second' },
    ]),
    choice('into', 'placed', 'Where the slopes go.', places),
  ],
  crop: [
    number('firstBand', 'first band', '', 'Counted from 0.'),
    number('count', 'bands kept', 'bands', 'Neighbouring bands from the first on.'),
  ],
  'sub-bands': [
    number('count', 'bands of a crop', 'bands', 'Each crop of neighbouring bands is a channel of its own.'),
    number('hopBands', 'from crop to crop', 'bands', 'Less than the bands of a crop makes them overlap.'),
  ],
  'difference-of-gaussians': [
    number('narrowSigma', 'narrow blur', 'cells', 'Standard deviation of the blur that is kept.'),
    number('wideSigma', 'wide blur', 'cells', 'Standard deviation of the blur that is subtracted.'),
    choice('into', 'placed', 'Where the edges go.', channelPlaces),
  ],
  sobel: [
    choice('output', 'edges', 'The length of the gradient, or its two parts.', [
      { value: 'magnitude', name: 'length' },
      { value: 'gradients', name: 'both parts' },
    ]),
    choice('into', 'placed', 'Where the edges go.', channelPlaces),
  ],
}

const stepNames: Record<FrontEndStep['kind'], string> = {
  mel: 'Mel of levels',
  cepstrum: 'Cepstrum',
  delta: 'Deltas',
  crop: 'Crop',
  'sub-bands': 'Sub-bands',
  'difference-of-gaussians': 'Gaussians',
  sobel: 'Sobel',
}

/** The fields of the step at a place in the list. */
export function stepFieldsOf({ kind }: FrontEndStep, index: number): RecipeField[] {
  const at = `frontEnd.steps.${index}.`
  return stepFields[kind].map(({ offeredWith, ...field }) => ({
    ...field,
    group: 'frontEnd',
    path: at + field.path,
    label: `${stepNames[kind]}: ${field.label}`,
    ...(offeredWith === undefined ? {} : { offeredWith: at + offeredWith }),
  }))
}
