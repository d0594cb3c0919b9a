/** What a person chooses steps from: names, fields, where each may change what a clip is. */
import type { AugmentationStep, SoundSource } from '../../../dsp/recipe'

export type StepKind = AugmentationStep['kind']

export type StepField =
  | { path: string; name: string; kind: 'range'; unit: string; step: number }
  | { path: string; name: string; kind: 'choice'; choices: { value: string; name: string }[] }
  /** Where other sounds come from: a query or a folder. */
  | { path: string; name: string; kind: 'source' }

export interface StepInfo {
  kind: StepKind
  title: string
  explain: string
  fields: StepField[]
  /** The step as it is added. */
  make: () => AugmentationStep
  /** Where it may change what a clip is. */
  caution?: string
}

const seconds = (name: string): StepField => ({ path: 'seconds', name, kind: 'range', unit: 's', step: 0.05 })

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
    caution: 'A shift as long as the clip takes a short event out of it, and its label stays.',
  },
  {
    kind: 'crop',
    title: 'Crop and pad',
    explain: 'A part from anywhere, or silence around a short clip',
    fields: [seconds('Length')],
    make: () => ({ kind: 'crop', seconds: [3, 5] }),
    caution: 'A part without the event keeps the clip’s label.',
  },
  {
    kind: 'silence',
    title: 'Silence put in',
    explain: 'A pause at any place; the clip grows',
    fields: [seconds('Pause')],
    make: () => ({ kind: 'silence', seconds: [0.1, 0.5] }),
    caution: 'Sounds that go on, such as rain or an engine, do not pause.',
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
    caution: 'Rain, wind and waves are like noise: at low ratios they cannot be told from it.',
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
    kind: 'time-stretch',
    title: 'Time stretch',
    explain: 'Faster or slower at the same pitch',
    fields: [{ path: 'rate', name: 'Speed', kind: 'range', unit: '×', step: 0.05 }],
    make: () => ({ kind: 'time-stretch', rate: [0.8, 1.25] }),
    caution: 'Speed tells some sounds apart (a clock, steps, an engine), and attacks become softer.',
  },
  {
    kind: 'pitch-shift',
    title: 'Pitch shift',
    explain: 'Higher or lower at the same speed',
    fields: [{ path: 'semitones', name: 'Shift', kind: 'range', unit: 'semitones', step: 0.5 }],
    make: () => ({ kind: 'pitch-shift', semitones: [-2, 2] }),
    caution:
      'Classes that differ by pitch (a large dog and a small one, notes, calls of birds) come closer to each other.',
  },
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
    return `${(value as [number, number]).join(' to ')} ${field.unit}`
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
