/** Where a step may change what the clips of a project's classes are. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { isFor } from '../../../dsp/augment/draw-place'
import type { AugmentationStep } from '../../../dsp/recipe'
import type { OntologyClass } from '../../../shared/contract/ontology'
import { useOntologyStore } from '../../stores/ontology'
import { type ClassKindName, findKinds } from './class-kinds'
import type { StepKind } from './step-info'

interface Rule {
  steps: readonly StepKind[]
  kind: ClassKindName
  /** What the classes have in common, before their names. */
  title: string
  /** What the step does to it. */
  reason: string
  /** Absent: however the step is set. */
  when?: (step: AugmentationStep) => boolean
}

const lostLabel = 'and the label stays.'
const rules: readonly Rule[] = [
  {
    steps: ['pitch-shift'],
    kind: 'pitched',
    title: 'Known by their pitch',
    reason: 'higher or lower, they are something else.',
  },
  {
    steps: ['time-stretch'],
    kind: 'timed',
    title: 'Known by their speed',
    reason: 'faster or slower, they are something else.',
  },
  {
    steps: ['time-stretch'],
    kind: 'struck',
    title: 'Known by their attack',
    reason: 'it is spread over a part of the vocoder’s frame of 93 ms.',
  },
  {
    steps: ['time-shift'],
    kind: 'brief',
    title: 'Short',
    reason: `a shift as long as the clip takes the event out of it, ${lostLabel}`,
  },
  { steps: ['crop'], kind: 'brief', title: 'Short', reason: `a part may be without the event, ${lostLabel}` },
  { steps: ['time-mask'], kind: 'brief', title: 'Short', reason: `a mask may cover all of the event, ${lostLabel}` },
  { steps: ['frequency-mask'], kind: 'narrow', title: 'Narrow', reason: `a mask may cover all of it, ${lostLabel}` },
  { steps: ['silence'], kind: 'lasting', title: 'Going on', reason: 'they do not pause.' },
  {
    steps: ['noise'],
    kind: 'noisy',
    title: 'Like noise themselves',
    reason: 'at low ratios they cannot be told from it.',
  },
  { steps: ['room'], kind: 'outdoors', title: 'From outdoors', reason: 'there are no walls.' },
  {
    steps: ['device', 'resample'],
    kind: 'high',
    title: 'High',
    reason: `a band that ends below them takes them away, ${lostLabel}`,
  },
  {
    steps: ['codec'],
    kind: 'high',
    title: 'High',
    reason: `nothing above 4 kHz is left, ${lostLabel}`,
    when: (step) => step.kind === 'codec' && step.at === 'telephone',
  },
]

export interface ClassCaution {
  title: string
  reason: string
  /** The classes that are concerned and that the step is for, those of the clip that is heard first. */
  names: string[]
}

/**
 * What a step may change for classes that have clips; none where it concerns no class, or is not for those it concerns.
 * @param kinds of the same classes
 * @param heard the class of the clip that is heard
 */
export function listCautions(
  step: AugmentationStep,
  classes: readonly OntologyClass[],
  kinds: ReturnType<typeof findKinds>,
  heard: string | null,
): ClassCaution[] {
  return rules.flatMap(({ steps, kind, title, reason, when }) => {
    if (!steps.includes(step.kind) || when?.(step) === false) return []
    const names = classes
      .filter(
        ({ id, name, clipCount }) => (clipCount > 0 || name === heard) && kinds.get(id)!.has(kind) && isFor(step, name),
      )
      .map(({ name }) => name)
      .sort((a, b) => Number(b === heard) - Number(a === heard) || a.localeCompare(b))
    return names.length === 0 ? [] : [{ title, reason, names }]
  })
}

/** The same of the open catalog, and of the clip that is heard. */
export const useCautionStore = defineStore('class-cautions', () => {
  const ontology = useOntologyStore()
  const kinds = computed(() => findKinds(ontology.classes))
  const heardClass = ref<string | null>(null)
  const of = (step: AugmentationStep): ClassCaution[] =>
    listCautions(step, ontology.classes, kinds.value, heardClass.value)
  /** All classes that a step's cautions name, each once. */
  const namesOf = (step: AugmentationStep): string[] => [...new Set(of(step).flatMap(({ names }) => names))]
  return { heardClass, of, namesOf }
})
