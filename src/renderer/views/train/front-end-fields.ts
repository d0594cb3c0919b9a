/** Every field of every kind of front end, as the recipe form shows them, but for its steps'. */
import { choice, type FieldWithoutGroup as Field, number, type RecipeField, toggle } from './recipe-field'

const shape: Field[] = [
  number(
    'frontEnd.sampleRateHz',
    'Sample rate',
    'Hz',
    'Every recording is resampled to this first; nothing above half of it is heard.',
  ),
  choice('frontEnd.channel', 'Channel', 'Which channel of a recording is used.', [
    { value: 'mean', name: 'mean of all' },
    { value: 0, name: '1 (left)' },
    { value: 1, name: '2 (right)' },
  ]),
  number('frontEnd.frameSamples', 'Frame', 'samples', 'Samples of one frame.'),
  number('frontEnd.fftSamples', 'FFT length', 'samples', 'Longer separates tones better; a power of two is fastest.'),
  number(
    'frontEnd.windowSamples',
    'Window length',
    'samples',
    'Samples seen by one frame; at most the FFT length, the rest is zero padding.',
  ),
  choice(
    'frontEnd.window',
    'Window',
    'Shape of the window; Hann is a good middle way, Blackman and Kaiser leak less into distant bands.',
    [
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
  ),
  number(
    'frontEnd.windowParameter',
    'Window parameter',
    '',
    'β of Kaiser, deviation of Gauss in samples, tapered share of Tukey; no other window has one.',
    { emptyMeans: 'the window’s usual one', offeredWith: 'frontEnd.window' },
  ),
  choice(
    'frontEnd.windowSymmetry',
    'Window symmetry',
    'Periodic as librosa and scipy make them for spectra, or symmetric as python_speech_features.',
    [
      { value: '', name: 'periodic' },
      { value: 'symmetric', name: 'symmetric' },
    ],
    { offeredWith: 'frontEnd.window' },
  ),
  number(
    'frontEnd.hopSamples',
    'Hop',
    'samples',
    'Distance between frames; shorter sees time more finely and takes longer.',
  ),
  toggle('frontEnd.center', 'Centred frames', 'Pad both ends so that frame t is centred on sample t · hop.'),
  choice(
    'frontEnd.uncentredFrames',
    'Uncentred frames',
    'How long frames count that are not centred, and what becomes of the rest at the end.',
    [
      { value: '', name: 'by the FFT, rest dropped' },
      { value: 'window', name: 'by the window, rest dropped' },
      { value: 'window-padded', name: 'by the window, filled up' },
    ],
    { offeredWith: 'frontEnd.fftSamples' },
  ),
  choice('frontEnd.padMode', 'Padding', 'What centred frames find beyond the ends of a clip.', [
    { value: 'constant', name: 'zeros' },
    { value: 'reflect', name: 'reflection' },
    { value: 'edge', name: 'first and last sample' },
  ]),
  choice('frontEnd.power', 'Spectrum', 'What is summed in a band: magnitudes or their squares.', [
    { value: 1, name: 'magnitude' },
    { value: 2, name: 'power' },
  ]),
  toggle(
    'frontEnd.dividesByFft',
    'Divide by FFT length',
    'As python_speech_features does; elsewhere the power is not divided.',
    { offeredWith: 'frontEnd.fftSamples' },
  ),
  number('frontEnd.minHz', 'Lowest band', 'Hz', 'Centre of the first band; 32.7 Hz is the note C1.'),
  number('frontEnd.count', 'Bands', 'bands', 'How many bands; 12 an octave are semitones.'),
  number('frontEnd.bandsPerOctave', 'Bands an octave', '', 'More resolve pitch; the filters grow longer with them.'),
  number(
    'frontEnd.filterScale',
    'Filter length',
    '×',
    'Longer filters resolve pitch better and time worse; 1 is usual.',
  ),
  number(
    'frontEnd.gammaHz',
    'Variable Q: γ',
    'Hz',
    'Widens low bands by this, for better time there; 0 is constant Q.',
  ),
  toggle(
    'frontEnd.isScaled',
    'Scale by length',
    'Divides by the root of each filter’s length, so that noise is level.',
  ),
  choice('frontEnd.rest', 'Rest at the end', 'What becomes of samples that fill no frame.', [
    { value: 'drop', name: 'dropped' },
    { value: 'pad', name: 'filled up with zeros' },
  ]),
  number(
    'frontEnd.companding.levels',
    'µ-law levels',
    'levels',
    'Steps of the companding curve; 256 is the telephone’s.',
  ),
  choice('frontEnd.companding.output', 'µ-law output', 'Companded values from −1 to 1, or codes from 0.', [
    { value: 'values', name: 'values' },
    { value: 'codes', name: 'codes' },
  ]),
]

const bands: Field[] = [
  number(
    'frontEnd.bands.count',
    'Bands',
    'bands',
    'Height of the picture; more bands resolve pitch, fewer generalise.',
  ),
  number(
    'frontEnd.bands.minHz',
    'Lowest frequency',
    'Hz',
    'Lower edge of the first band; raise it to leave out rumble.',
  ),
  number('frontEnd.bands.maxHz', 'Highest frequency', 'Hz', 'Upper edge of the last band.', {
    emptyMeans: 'half the sample rate',
  }),
  number('frontEnd.bands.bandsPerOctave', 'Bands an octave', '', '12 are semitones, 24 quarter tones.'),
  number(
    'frontEnd.bands.spread',
    'Width of a band',
    '× spacing',
    'Standard deviation of a band’s weights, as a share of the distance between bands.',
  ),
  number('frontEnd.bands.referenceHz', 'Tuned to', 'Hz', 'Bands lie at whole steps from this frequency.'),
  choice('frontEnd.bands.formula', 'Mel formula', 'Slaney is linear below 1 kHz; HTK is logarithmic throughout.', [
    { value: 'slaney', name: 'Slaney' },
    { value: 'htk', name: 'HTK' },
  ]),
  choice(
    'frontEnd.bands.norm',
    'Band weights',
    'Equal area keeps wide high bands from being louder than narrow low ones.',
    [
      { value: 'slaney', name: 'equal area' },
      { value: 'none', name: 'equal height' },
      { value: 'l1', name: 'weights sum to 1' },
      { value: 'l2', name: 'squares sum to 1' },
      { value: 'max', name: 'largest weight is 1' },
    ],
  ),
  choice(
    'frontEnd.bands.flanks',
    'Flanks straight along',
    'Hz as librosa has it, mel as VGGish, TensorFlow and Kaldi, whole bins as python_speech_features.',
    [
      { value: '', name: 'Hz' },
      { value: 'mel', name: 'mel' },
      { value: 'bins', name: 'whole FFT bins' },
    ],
    { offeredWith: 'frontEnd.bands.formula' },
  ),
]

const level: Field[] = [
  number(
    'frontEnd.level.topDb',
    'Dynamic range',
    'dB',
    'Levels further than this below the clip’s loudest are raised to that floor.',
    { emptyMeans: 'no limit' },
  ),
  number(
    'frontEnd.level.referencePower',
    '0 dB is at',
    'power',
    'The power that reads 0 dB, or “maximum”: the clip’s loudest cell.',
  ),
  number(
    'frontEnd.level.aminPower',
    'Smallest power',
    'power',
    'Anything weaker is taken as this before the logarithm.',
  ),
  choice(
    'frontEnd.level.weighting',
    'Weighting',
    'Adds how loud each frequency seems to an ear (IEC 61672).',
    [
      { value: '', name: 'none' },
      { value: 'A', name: 'A' },
      { value: 'B', name: 'B' },
      { value: 'C', name: 'C' },
      { value: 'D', name: 'D' },
    ],
    { offeredWith: 'frontEnd.level.topDb' },
  ),
  choice('frontEnd.level.base', 'Logarithm', 'Base of the logarithm.', [
    { value: 'e', name: 'natural' },
    { value: '10', name: 'to 10' },
    { value: '2', name: 'to 2' },
  ]),
  number('frontEnd.level.offset', 'Added before it', '', 'Keeps silence finite: 0.01 in VGGish, 0.001 in YAMNet.'),
  number('frontEnd.level.floor', 'Smallest value', '', 'Anything smaller is taken as this before the logarithm.'),
  toggle(
    'frontEnd.level.floorsOnlyZeros',
    'Raise zeros only',
    'Only zeros are raised to the smallest value (python_speech_features).',
    { offeredWith: 'frontEnd.level.offset' },
  ),
  number('frontEnd.level.gain', 'PCEN gain', '', 'How much of the background is taken out: 0 none, 1 all of it.'),
  number('frontEnd.level.bias', 'PCEN bias δ', '', 'Added before the root; larger flattens quiet sound.'),
  number('frontEnd.level.power', 'PCEN power r', '', 'Exponent of the compression; 0 is the logarithm.'),
  number('frontEnd.level.epsilon', 'PCEN ε', '', 'Keeps silence finite.'),
  number('frontEnd.level.timeConstantSeconds', 'PCEN time constant', 's', 'How slowly the background is followed.'),
  choice('frontEnd.level.start', 'PCEN starts from', 'What the background is before the first frame.', [
    { value: 'first-frame', name: 'the first frame' },
    { value: 'one', name: '1, as librosa' },
  ]),
  number(
    'frontEnd.level.scale',
    'PCEN scale',
    '×',
    'Energies are multiplied by this first: 2147483648 suits samples from −1 to 1.',
  ),
  number(
    'frontEnd.level.maximumOverBands',
    'PCEN over bands',
    'bands',
    'The background follows the loudest of this many bands around each.',
    { emptyMeans: 'the band itself', offeredWith: 'frontEnd.level.bias' },
  ),
]

const conditioning: Field[] = [
  toggle('frontEnd.conditioning.removesMean', 'Remove the mean', 'Subtracts a clip’s constant part first.', {
    offeredWith: 'frontEnd.sampleRateHz',
  }),
  number(
    'frontEnd.conditioning.trimBelowPeakShare',
    'Trim quiet ends',
    'of the peak',
    'Cuts off what lies before the first and after the last sample of this share of the loudest.',
    { emptyMeans: 'no trimming', offeredWith: 'frontEnd.sampleRateHz' },
  ),
  number('frontEnd.conditioning.peak', 'Scale to peak', '', 'The loudest sample of every clip becomes this.', {
    emptyMeans: 'as recorded',
    offeredWith: 'frontEnd.sampleRateHz',
  }),
  number(
    'frontEnd.conditioning.gain',
    'Multiply samples',
    '×',
    'A fixed gain before everything else: 32768 for Kaldi.',
    { emptyMeans: '1', offeredWith: 'frontEnd.sampleRateHz' },
  ),
  number(
    'frontEnd.conditioning.preEmphasis',
    'Pre-emphasis',
    '',
    'Weakens low frequencies: x[n] − a · x[n−1]; 0.97 is usual for speech.',
    { emptyMeans: 'none', offeredWith: 'frontEnd.sampleRateHz' },
  ),
  number(
    'frontEnd.conditioning.length.leastSamples',
    'Shortest clip',
    'samples',
    'Shorter clips are filled up with zeros to this.',
  ),
  number(
    'frontEnd.conditioning.length.stepSamples',
    'Length in steps of',
    'samples',
    'Longer clips are filled up to a whole number of these.',
    { emptyMeans: 'any length', offeredWith: 'frontEnd.conditioning.length.leastSamples' },
  ),
  number('frontEnd.conditioning.length.mostSamples', 'Longest clip', 'samples', 'Longer clips are cut to this.', {
    emptyMeans: 'no limit',
    offeredWith: 'frontEnd.conditioning.length.leastSamples',
  }),
  choice('frontEnd.conditioning.length.anchor', 'Kept in place', 'Where zeros are added, and samples cut off.', [
    { value: 'start', name: 'the start' },
    { value: 'center', name: 'the middle' },
  ]),
]

const segments: Field[] = [
  choice(
    'frontEnd.segments.of',
    'Segments of',
    'Cut from the waveform before it is transformed, or from the frames after. A network takes crops of its own length instead.',
    [
      { value: 'samples', name: 'samples' },
      { value: 'frames', name: 'frames' },
    ],
  ),
  number('frontEnd.segments.length', 'Segment length', '', 'In samples or frames, as said above.'),
  number('frontEnd.segments.hop', 'Segment hop', '', 'From one segment to the next.'),
  choice('frontEnd.segments.rest', 'Last segment', 'What becomes of a rest that fills no segment.', [
    { value: 'drop', name: 'dropped' },
    { value: 'pad', name: 'filled up' },
  ]),
  number(
    'frontEnd.segments.quietest',
    'Leave out below',
    '',
    'Segments whose mean level is this or less are left out.',
    { emptyMeans: 'none left out', offeredWith: 'frontEnd.segments.length' },
  ),
]

export const frontEndFields: RecipeField[] = [...shape, ...bands, ...level, ...conditioning, ...segments].map(
  (field) => ({ ...field, group: 'frontEnd' as const }),
)
