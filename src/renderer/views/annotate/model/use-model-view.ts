import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { type ClassMapOfCrops, spreadClassMap } from '../../../../dsp/class-map'
import type { ClipDetail } from '../../../../shared/contract/clips'
import type { ClassMaps, ModelInput } from '../../../../shared/contract/model-view'
import { type Action, useActions } from '../../../composables/actions'
import { useAnswer } from '../../../composables/use-answer'
import { useClient, useHostEvent } from '../../../composables/use-client'
import { useToaster } from '../../../composables/use-toaster'
import { useRunsStore } from '../../../stores/runs'
import { useSettingsStore } from '../../../stores/settings'
import { findRange } from './model-paint'

/** All that is scored, or a crop as training draws it: augmented, or only cut. */
export type ModelPart = 'whole' | 'augmented' | 'cut'

/** A class of a run with its score on the clip. */
export interface ScoredClass {
  index: number
  id: string
  name: string
  score: number
  /** Whether a person says that it is heard on the clip. */
  isTrue: boolean
}

/** The open clip as a model is given it, and where the model finds a class in it. */
export function useModelView(clip: Ref<ClipDetail | null>) {
  const client = useClient()
  const runs = useRunsStore()
  const settings = useSettingsStore()
  const toaster = useToaster()
  const isOn = ref(false)
  /** Of a crop as training draws it; null: all that is scored. */
  const drawn = ref<{ seed: number; augments: boolean } | null>(null)
  const chosenFold = ref<string | null>(null)
  const chosenClassId = ref<string | null>(null)
  const channel = ref(0)
  const progress = ref('')

  void runs.loadChoices()
  const run = computed(() => {
    const { modelSource } = settings.values
    const isRecipe = modelSource.startsWith('recipe:')
    return isRecipe ? null : (runs.finished.find(({ id }) => id === modelSource) ?? runs.finished[0] ?? null)
  })
  const recipe = computed(() => {
    const name = settings.values.modelSource.replace(/^recipe:/, '')
    return runs.recipes.find((one) => one.name === name) ?? runs.recipes[0] ?? null
  })
  /** As the choice has it: the id of a run, or a recipe's name after "recipe:". */
  const source = computed(() => run.value?.id ?? (recipe.value ? `recipe:${recipe.value.name}` : ''))
  function chooseSource(next: string): void {
    settings.values.modelSource = next
    chosenFold.value = null
    channel.value = 0
  }
  const name = computed(() => run.value?.name ?? recipe.value?.name ?? '')
  const clipId = computed(() => (isOn.value ? (clip.value?.id ?? null) : null))

  const folds = useAnswer(
    () => (clipId.value && run.value ? { clipId: clipId.value, runId: run.value.id } : null),
    (asked, options) => client.modelView.folds(asked, options),
    [],
  )
  const foldList = computed(() => (run.value ? (folds.answer.value ?? []) : []))
  const fold = computed(() => foldList.value.find((one) => one.fold === chosenFold.value) ?? foldList.value[0] ?? null)
  const model = computed(() =>
    clipId.value && run.value && fold.value
      ? { clipId: clipId.value, runId: run.value.id, fold: fold.value.fold }
      : null,
  )
  const answer = useAnswer(
    () => {
      if (clipId.value === null) return null
      const draw = drawn.value
      if (model.value) {
        const { runId, fold: of } = model.value
        return { clipId: clipId.value, of: { kind: 'run' as const, runId, fold: of }, drawn: draw }
      }
      if (run.value || !recipe.value) return null
      return { clipId: clipId.value, of: { kind: 'recipe' as const, recipe: recipe.value }, drawn: draw }
    },
    (asked, options) => client.modelView.input(asked, options),
    [],
  )
  const maps = useAnswer(
    () => model.value,
    async (asked, options) => ({ of: asked, found: await client.modelView.maps(asked, options) }),
    [],
  )
  useHostEvent('modelView.progress', (event) => {
    if (event.clipId === clipId.value) progress.value = event.message
  })

  // What is shown is of the open clip, never of the one before.
  const input = shallowRef<ModelInput | null>(null)
  watch([answer.answer, answer.isAsking], () => {
    if (!answer.isAsking.value) input.value = answer.answer.value
  })
  watch(
    () => clip.value?.id,
    () => {
      input.value = null
      progress.value = ''
    },
  )
  const found = computed(() =>
    maps.answer.value && model.value && maps.answer.value.of.clipId === model.value.clipId
      ? maps.answer.value.found
      : null,
  )

  /** Best first. */
  const classes = computed<ScoredClass[]>(() => {
    const present = new Set(
      (clip.value?.labels ?? []).flatMap(({ classId, state }) => (state === 'present' ? [classId] : [])),
    )
    return (found.value?.classes ?? [])
      .map((one, index) => ({ ...one, index, score: found.value!.scores[index]!, isTrue: present.has(one.id) }))
      .sort((a, b) => b.score - a.score)
  })
  const shownClass = computed(
    () => classes.value.find(({ id }) => id === chosenClassId.value) ?? classes.value[0] ?? null,
  )
  function stepClass(by: 1 | -1): void {
    const list = classes.value
    if (list.length === 0) return
    const at = list.findIndex(({ id }) => id === shownClass.value?.id)
    const { id, name: className, score, isTrue } = list[(at + by + list.length) % list.length]!
    chosenClassId.value = id
    toaster.show({
      tone: 'note',
      title: `${className}: ${(100 * score).toFixed(1)} %${isTrue ? ', labeled present' : ''}`,
    })
  }

  /** The shown class's map over the cells of the input, 0 to 1; null where there is none. */
  const map = computed<Float32Array | null>(() => {
    const all = found.value
    const given = input.value
    if (!all?.method || !given || drawn.value !== null || !shownClass.value || settings.values.modelMapShare === 0)
      return null
    if (all.frames !== given.frames || all.bands !== given.bands) return null
    return mapOf(all, shownClass.value.index)
  })
  const range = computed(() => (input.value ? findRange(input.value, channel.value) : null))

  const when = (): boolean => isOn.value && clip.value !== null
  useActions((): Action[] => [
    { id: 'annotate.modelView', run: () => (isOn.value = !isOn.value) },
    { id: 'annotate.modelClass', when, run: () => stepClass(1) },
    { id: 'annotate.modelClassBack', when, run: () => stepClass(-1) },
    { id: 'annotate.modelDraw', when, run: draw },
    { id: 'annotate.modelWhole', when: () => when() && drawn.value !== null, run: () => (drawn.value = null) },
    {
      id: 'annotate.modelMap',
      when,
      run: () => (settings.values.modelMapShare = nextShare(settings.values.modelMapShare)),
    },
  ])
  /** A crop as training draws it, and then another. */
  function draw(): void {
    drawn.value = drawn.value ? { ...drawn.value, seed: drawn.value.seed + 1 } : { seed: 1, augments: true }
  }

  function choosePart(part: ModelPart): void {
    const seed = drawn.value?.seed ?? 1
    drawn.value = part === 'whole' ? null : { seed, augments: part === 'augmented' }
  }

  return {
    isOn,
    source,
    chooseSource,
    chooseFold: (next: string) => void (chosenFold.value = next),
    chooseClass: (next: string) => void (chosenClassId.value = next),
    choosePart,
    chooseChannel: (next: number) => void (channel.value = next),
    name,
    run,
    foldList,
    fold,
    drawn,
    draw,
    channel,
    input,
    range,
    map,
    about: computed(() => found.value?.about ?? ''),
    hasMap: computed(() => found.value?.method != null),
    classes,
    shownClass,
    error: computed(() => answer.error.value ?? maps.error.value ?? folds.error.value),
    isAsking: computed(() => answer.isAsking.value || maps.isAsking.value),
    progress,
    retry: () => {
      void answer.askNow()
      void maps.askNow()
    },
  }
}

export type ModelView = ReturnType<typeof useModelView>

const shares = [0.6, 0.9, 0, 0.3]
const nextShare = (now: number): number => shares[(shares.indexOf(now) + 1) % shares.length]!

/** One class's map over the whole input, as shares of its highest place; what speaks against the class is 0. */
function mapOf(all: ClassMaps, index: number): Float32Array {
  const size = all.crops.starts.length * all.mapFrames * all.mapBands
  const own: ClassMapOfCrops = { ...all, values: all.values.subarray(index * size, (index + 1) * size) }
  const spread = spreadClassMap(own)
  const highest = spread.reduce((most, value) => Math.max(most, value), 0)
  return highest > 0 ? spread.map((value) => Math.max(0, value) / highest) : spread.fill(0)
}
