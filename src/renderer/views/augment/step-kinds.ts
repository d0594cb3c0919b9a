/** What a person chooses steps from: names, fields, where each may change what a clip is. */
import type { AugmentationStep, SoundSource } from '../../../dsp/recipe'
import { mixingKinds } from './mixing-kinds'
import type { StepField, StepInfo, StepKind } from './step-info'

const seconds = (name: string): StepField => ({ path: 'seconds', name, kind: 'range', unit: 's', step: 0.05 })

const responseFields: StepField[] = [
  {
    path: 'tail',
    name: 'What sounds on',
    kind: 'choice',
    choices: [
      { value: 'truncate', name: 'is cut at the end' },
      { value: 'keep', name: 'makes the clip longer' },
    ],
  },
  {
    path: 'level',
    name: 'What stays as loud',
    kind: 'choice',
    choices: [
      { value: 'rms', name: 'the clip' },
      { value: 'direct', name: 'the direct sound' },
    ],
  },
]
const source: StepField = { path: 'source', name: 'Out of', kind: 'source' }
const ratioFields: StepField[] = [
  { path: 'snrDb', name: 'Ratio', kind: 'range', unit: 'dB', step: 1 },
  {
    path: 'level',
    name: 'To the level of',
    kind: 'choice',
    choices: [
      { value: 'active', name: 'the active part' },
      { value: 'rms', name: 'the whole clip' },
      { value: 'peak', name: 'the peaks' },
      { value: 'a-weighted', name: 'the whole clip, A-weighted' },
    ],
  },
]

export const stepKinds: readonly StepInfo[] = [
  {
    kind: 'gain',
    title: 'Gain',
    explain: 'Louder or softer',
    fields: [{ path: 'decibels', name: 'Gain', kind: 'range', unit: 'dB', step: 1 }],
    make: () => ({ kind: 'gain', decibels: [-6, 6] }),
  },
  {
    kind: 'polarity',
    title: 'Polarity',
    explain: 'Every sample’s sign turned over',
    fields: [],
    make: () => ({ kind: 'polarity', probability: 0.5 }),
    caution: 'A front end of levels does not see it: only models of the waveform learn from it.',
  },
  {
    kind: 'time-shift',
    title: 'Time shift',
    explain: 'Earlier or later in the clip',
    fields: [
      seconds('Shift'),
      {
        path: 'fill',
        name: 'What is free',
        kind: 'choice',
        choices: [
          { value: 'silence', name: 'is silent' },
          { value: 'wrap', name: 'is the other end' },
        ],
      },
    ],
    make: () => ({ kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'silence' }),
  },
  {
    kind: 'crop',
    title: 'Crop and pad',
    explain: 'A part from anywhere, or silence around a short clip',
    fields: [seconds('Length')],
    make: () => ({ kind: 'crop', seconds: [3, 5] }),
  },
  {
    kind: 'silence',
    title: 'Silence put in',
    explain: 'A pause at any place; the clip grows',
    fields: [seconds('Pause')],
    make: () => ({ kind: 'silence', seconds: [0.1, 0.5] }),
  },
  {
    kind: 'room',
    title: 'Room',
    explain: 'Echoes of a room that is drawn, and its reverberation',
    fields: [
      { path: 'roomMeters', name: 'Length and width', kind: 'range', unit: 'm', step: 0.5 },
      { path: 'rt60Seconds', name: 'Reverberation (RT60)', kind: 'range', unit: 's', step: 0.05 },
      ...responseFields,
    ],
    make: () => ({ kind: 'room', roomMeters: [3, 10], rt60Seconds: [0.1, 1], tail: 'truncate', level: 'rms' }),
    caution: 'Events sound on after their segments end.',
  },
  {
    kind: 'impulse-response',
    title: 'Recorded response',
    explain: 'Through the recorded impulse response of a room or a device',
    fields: [source, ...responseFields],
    make: () => ({ kind: 'impulse-response', source: { query: '' }, tail: 'truncate', level: 'rms' }),
    caution: 'Its source must hold responses (a clap, a sweep made into one), not sounds.',
  },
  {
    kind: 'distance',
    title: 'Distance',
    explain: 'Further from the microphone: softer, duller, more of the room',
    fields: [
      { path: 'meters', name: 'Distance', kind: 'range', unit: 'm', step: 0.5 },
      { path: 'criticalMeters', name: 'Room as loud at', kind: 'range', unit: 'm', step: 0.1 },
      { path: 'rt60Seconds', name: 'Reverberation (RT60)', kind: 'range', unit: 's', step: 0.05 },
      {
        path: 'level',
        name: 'Level',
        kind: 'choice',
        choices: [
          { value: 'falls', name: 'falls with distance' },
          { value: 'rms', name: 'stays' },
        ],
      },
    ],
    make: () => ({
      kind: 'distance',
      meters: [1, 8],
      criticalMeters: [1, 3],
      rt60Seconds: [0.2, 0.6],
      level: 'falls',
    }),
    caution: 'Where a class says near or far, it no longer is true.',
  },
  {
    kind: 'device',
    title: 'Device',
    explain: 'What it lets through: telephone 300 to 3400 Hz, laptop 100 to 8000, phone 80 to 14000',
    fields: [
      { path: 'lowHz', name: 'From', kind: 'range', unit: 'Hz', step: 10 },
      { path: 'highHz', name: 'To', kind: 'range', unit: 'Hz', step: 100 },
      { path: 'tiltDb', name: 'Tilt', kind: 'range', unit: 'dB', step: 0.5 },
      { path: 'offset', name: 'DC offset', kind: 'range', unit: 'of full scale', step: 0.01 },
    ],
    make: () => ({ kind: 'device', lowHz: [80, 300], highHz: [3400, 14_000], tiltDb: [-3, 3], offset: [0, 0] }),
  },
  {
    kind: 'clip',
    title: 'Clipping',
    explain: 'Overdriven by so much',
    fields: [
      { path: 'overDb', name: 'Over by', kind: 'range', unit: 'dB', step: 1 },
      {
        path: 'shape',
        name: 'Peaks',
        kind: 'choice',
        choices: [
          { value: 'hard', name: 'are cut off' },
          { value: 'soft', name: 'are rounded (tanh)' },
        ],
      },
    ],
    make: () => ({ kind: 'clip', shape: 'hard', overDb: [0, 12] }),
  },
  {
    kind: 'quantize',
    title: 'Fewer bits',
    explain: 'Rounded to so many bits',
    fields: [
      { path: 'bits', name: 'Bits', kind: 'range', unit: 'bits', step: 1 },
      {
        path: 'dither',
        name: 'Dither',
        kind: 'choice',
        choices: [
          { value: 'none', name: 'none' },
          { value: 'triangular', name: 'triangular' },
        ],
      },
    ],
    make: () => ({ kind: 'quantize', bits: [8, 12], dither: 'none' }),
    caution: 'Faint clips may fall under the smallest step and become silent.',
  },
  {
    kind: 'codec',
    title: 'Codec',
    explain: 'Coded and decoded',
    fields: [
      {
        path: 'codec',
        name: 'Codec',
        kind: 'choice',
        choices: [
          { value: 'g711-mu', name: 'G.711 mu-law' },
          { value: 'g711-a', name: 'G.711 A-law' },
          { value: 'ima-adpcm', name: 'IMA ADPCM' },
        ],
      },
      {
        path: 'at',
        name: 'Rate',
        kind: 'choice',
        choices: [
          { value: 'telephone', name: '8 kHz' },
          { value: 'own', name: 'the clip’s own' },
        ],
      },
    ],
    make: () => ({ kind: 'codec', codec: 'g711-mu', at: 'telephone' }),
  },
  {
    kind: 'opus',
    title: 'Opus',
    explain: 'Coded and decoded as voice messages, calls and videos are',
    fields: [{ path: 'kilobits', name: 'Bit rate', kind: 'range', unit: 'kbit/s', step: 1 }],
    make: () => ({ kind: 'opus', kilobits: [8, 64] }),
    caution: 'At low rates nothing above 4 to 8 kHz is left, and noise comes back as other noise.',
  },
  {
    kind: 'resample',
    title: 'Resampling',
    explain: 'Through a lower rate and back',
    fields: [{ path: 'rateHz', name: 'Rate', kind: 'range', unit: 'Hz', step: 100 }],
    make: () => ({ kind: 'resample', rateHz: [8000, 16_000] }),
  },
  {
    kind: 'noise',
    title: 'Noise',
    explain: 'Generated, at a signal-to-noise ratio',
    fields: [
      {
        path: 'color',
        name: 'Colour',
        kind: 'choice',
        choices: [
          { value: 'white', name: 'white' },
          { value: 'pink', name: 'pink' },
          { value: 'brown', name: 'brown' },
        ],
      },
      ...ratioFields,
    ],
    make: () => ({ kind: 'noise', color: 'pink', snrDb: [5, 20], level: 'active' }),
  },
  {
    kind: 'recorded-noise',
    title: 'Recorded noise',
    explain: 'Another sound under the clip, at a signal-to-noise ratio',
    fields: [source, ...ratioFields],
    make: () => ({ kind: 'recorded-noise', source: { query: '' }, snrDb: [5, 20], level: 'active' }),
    caution: 'A sound with an event of another class in it makes the label half true: take noise that no class means.',
  },
  {
    kind: 'babble',
    title: 'Babble',
    explain: 'Several sounds at once, equally loud, under the clip',
    fields: [source, { path: 'voices', name: 'Voices', kind: 'range', unit: 'at once', step: 1 }, ...ratioFields],
    make: () => ({ kind: 'babble', source: { query: '' }, voices: [3, 6], snrDb: [5, 20], level: 'active' }),
    caution: 'Few voices of a class that is trained are events of their own, which the label does not name.',
  },
  {
    kind: 'background',
    title: 'Background swap',
    explain: 'What no segment covers becomes another sound’s background',
    fields: [
      source,
      { path: 'quietDb', name: 'Without segments, what is softer by', kind: 'range', unit: 'dB', step: 5 },
      { path: 'levelDb', name: 'Louder by', kind: 'range', unit: 'dB', step: 1 },
      {
        path: 'beside',
        name: 'Than',
        kind: 'choice',
        choices: [
          { value: 'background', name: 'the old background' },
          { value: 'foreground', name: 'what stays' },
        ],
      },
    ],
    make: () => ({
      kind: 'background',
      source: { query: '' },
      quietDb: [30, 30],
      levelDb: [0, 0],
      beside: 'background',
    }),
    caution: 'What is heard under an event stays with it, and an event that no segment covers is cut out of its clip.',
  },
  {
    kind: 'time-stretch',
    title: 'Time stretch',
    explain: 'Faster or slower at the same pitch',
    fields: [{ path: 'rate', name: 'Speed', kind: 'range', unit: '×', step: 0.05 }],
    make: () => ({ kind: 'time-stretch', rate: [0.8, 1.25] }),
  },
  {
    kind: 'pitch-shift',
    title: 'Pitch shift',
    explain: 'Higher or lower at the same speed',
    fields: [{ path: 'semitones', name: 'Shift', kind: 'range', unit: 'semitones', step: 0.5 }],
    make: () => ({ kind: 'pitch-shift', semitones: [-2, 2] }),
  },
  ...mixingKinds,
]

/** A step that has no form yet keeps what the recipe says of it. */
export function infoOf(kind: StepKind): Pick<StepInfo, 'title' | 'explain' | 'fields' | 'caution'> {
  const known = stepKinds.find((one) => one.kind === kind)
  return known ?? { title: kind, explain: 'As the recipe’s file has it', fields: [] }
}

/** What a step does, in one line: its fields, how often, for which classes. */
export function describeStep(step: AugmentationStep): string {
  const values = step as unknown as Record<string, unknown>
  const parts = infoOf(step.kind).fields.map((field) => {
    const value = values[field.path]
    if (field.kind === 'source') return describeSource(values[field.path] as SoundSource)
    if (field.kind === 'choice') return `${field.name.toLowerCase()} ${String(value)}`
    if (field.kind === 'number') return `${field.name.toLowerCase()} ${String(value)} ${field.unit}`.trim()
    return `${(value as [number, number]).join(' to ')} ${field.unit}`.trim()
  })
  const { probability, onlyClasses, exceptClasses } = step
  if (probability !== undefined) parts.push(`${Math.round(probability * 1000) / 10} % of the draws`)
  if (onlyClasses) parts.push(`only ${onlyClasses.join(', ')}`)
  if (exceptClasses) parts.push(`not ${exceptClasses.join(', ')}`)
  return parts.join('; ')
}

function describeSource(from: SoundSource): string {
  if ('folder' in from) return `out of the folder ${from.folder}`
  return from.query === '' ? 'out of all clips' : `out of ${from.query}`
}

/** What other programs offer for pictures, and why a sound is not made so. */
export const refusedSteps = [
  {
    title: 'Time reversal',
    reason: 'Sounds do not run backwards: an attack becomes a swell, and the clip no longer is what its label says.',
  },
  {
    title: 'Frequency flip',
    reason: 'The axes of a spectrogram mean different things: upside down, no sound looks like that.',
  },
] as const
