import { computed, ref, watch, type Ref } from 'vue'
import { type ClassMapOfCrops, spreadClassMap } from '../../../../dsp/class-map'
import type { ClipDetail } from '../../../../shared/contract/clips'
import type { ClassMaps, ModelInput } from '../../../../shared/contract/model-view'
import { type Action, useActions } from '../../../composables/actions'
import { useAnswer } from '../../../composables/use-answer'
import { useClient, useHostEvent } from '../../../composables/use-client'
import { usePlayer } from '../../../composables/use-player'
import { useToaster } from '../../../composables/use-toaster'
import { useRunsStore } from '../../../stores/runs'
import { useSettingsStore } from '../../../stores/settings'
import { makeBandAxis } from '../frequency-axis'
import { findRange } from './model-paint'
import { listSources } from './model-sources'

/** All that is scored or one crop of it, or a crop as training draws it: augmented, or only cut. */
export type ModelPart = 'whole' | 'crop' | 'augmented' | 'cut'

/** A class of a run with its score on the clip, or on the crop that is looked at. */
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
  const player = usePlayer()
  const toaster = useToaster()
  const isOn = ref(false)
  /** Of a crop as training draws it; null: all that is scored. */
  const drawn = ref<{ seed: number; augments: boolean } | null>(null)
  /** Which of the crops that are scored; null: all of them. */
  const cropIndex = ref<number | null>(null)
  const chosenFold = ref<string | null>(null)
  const chosenClassId = ref<string | null>(null)
  const channel = ref(0)
  const progress = ref('')

  void runs.loadChoices()
  const run = computed(() => {
    const { modelSource } = settings.values
    return modelSource.includes(':')
      ? null
      : (runs.finished.find(({ id }) => id === modelSource) ?? runs.finished[0] ?? null)
  })
  const sources = computed(() => listSources(runs.recipes))
  const recipeSource = computed(
    () => sources.value.find(({ id }) => id === settings.values.modelSource) ?? sources.value[0] ?? null,
  )
  /** As the choice has it: the id of a run, else that of a recipe or a front end. */
  const source = computed(() => run.value?.id ?? recipeSource.value?.id ?? '')
  function chooseSource(next: string): void {
    settings.values.modelSource = next
    chosenFold.value = null
    channel.value = 0
    cropIndex.value = null
  }
  const name = computed(() => run.value?.name ?? recipeSource.value?.name ?? '')
  const clipId = computed(() => (isOn.value ? (clip.value?.id ?? null) : null))

  const folds = useAnswer(
    () => (clipId.value && run.value ? { clipId: clipId.value, runId: run.value.id } : null),
    async (asked, options) => ({ of: asked, found: await client.modelView.folds(asked, options) }),
    [],
    atOnce,
  )
  const foldList = computed(() => {
    const told = folds.answer.value
    return told && told.of.clipId === clipId.value && told.of.runId === run.value?.id ? told.found : []
  })
  const fold = computed(() => foldList.value.find((one) => one.fold === chosenFold.value) ?? foldList.value[0] ?? null)
  const model = computed(() =>
    clipId.value && run.value && fold.value
      ? { clipId: clipId.value, runId: run.value.id, fold: fold.value.fold }
      : null,
  )
  const question = computed(() => {
    if (clipId.value === null) return null
    const draw = drawn.value
    if (model.value) {
      const { runId, fold: of } = model.value
      return { clipId: clipId.value, of: { kind: 'run' as const, runId, fold: of }, drawn: draw }
    }
    if (run.value || !recipeSource.value) return null
    return { clipId: clipId.value, of: { kind: 'recipe' as const, recipe: recipeSource.value.recipe }, drawn: draw }
  })
  const answer = useAnswer(
    () => question.value,
    async (asked, options) => ({ of: JSON.stringify(asked), found: await client.modelView.input(asked, options) }),
    [],
    atOnce,
  )
  /** Only what the choices say is shown: the array of another clip, fold or draw never stands under their names. */
  const input = computed<ModelInput | null>(() =>
    answer.answer.value && answer.answer.value.of === JSON.stringify(question.value) ? answer.answer.value.found : null,
  )
  // The array is there first: what is looked at waits for nothing else.
  const mapsQuestion = computed(() => (model.value && input.value ? { ...model.value, drawn: drawn.value } : null))
  const maps = useAnswer(
    () => mapsQuestion.value,
    async (asked, options) => ({ of: JSON.stringify(asked), found: await client.modelView.maps(asked, options) }),
    [],
    atOnce,
  )
  useHostEvent('modelView.progress', (event) => {
    if (event.clipId === clipId.value) progress.value = event.message
  })

  watch(
    () => clip.value?.id,
    () => {
      progress.value = ''
      cropIndex.value = null
      chosenFold.value = null
    },
  )
  const found = computed(() =>
    maps.answer.value && maps.answer.value.of === JSON.stringify(mapsQuestion.value) ? maps.answer.value.found : null,
  )

  /** The crop that is looked at, of all that are scored; null is all of them, or a training crop. */
  const crop = computed(() => {
    const crops = input.value?.crops
    if (!crops || drawn.value !== null || cropIndex.value === null) return null
    const index = Math.min(cropIndex.value, crops.starts.length - 1)
    const first = crops.starts[index]!
    return { index, count: crops.starts.length, span: { first, end: first + crops.frames } }
  })
  /** When what is shown of a crop begins and ends in the clip. */
  const cropSeconds = computed(() => {
    const given = input.value
    const span =
      crop.value?.span ?? (given && drawn.value !== null && given.crops ? { first: 0, end: given.frames } : null)
    if (!given || !span) return null
    const at = (frame: number): number => Math.max(0, given.firstFrameSeconds + (frame - 0.5) * given.frameSeconds)
    return { start: at(span.first), end: at(span.end) }
  })

  /** Best first. */
  const classes = computed<ScoredClass[]>(() => {
    const present = new Set(
      (clip.value?.labels ?? []).flatMap(({ classId, state }) => (state === 'present' ? [classId] : [])),
    )
    const all = found.value
    if (!all) return []
    const count = all.classes.length
    const scores = crop.value
      ? all.cropScores.subarray(crop.value.index * count, (crop.value.index + 1) * count)
      : all.scores
    return all.classes
      .map((one, index) => ({ ...one, index, score: scores[index]!, isTrue: present.has(one.id) }))
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
    if (!all?.method || !given || !shownClass.value || settings.values.modelMapShare === 0) return null
    if (all.frames !== given.frames || all.bands !== given.bands) return null
    return mapOf(all, shownClass.value.index, crop.value?.index ?? null)
  })
  const range = computed(() => (input.value ? findRange(input.value, channel.value) : null))

  /** How frequency runs up the lane; null where its rows are no bands. */
  const axis = computed(() => input.value && makeBandAxis(input.value.bandHz, clip.value?.sampleRateHz ?? 48_000))

  const when = (): boolean => isOn.value && clip.value !== null
  useActions((): Action[] => [
    { id: 'annotate.modelView', run: () => (isOn.value = !isOn.value) },
    { id: 'annotate.modelClass', when, run: () => stepClass(1) },
    { id: 'annotate.modelClassBack', when, run: () => stepClass(-1) },
    { id: 'annotate.modelDraw', when, run: draw },
    { id: 'annotate.modelCrop', when: () => when() && !!input.value?.crops, run: () => stepCrop(1) },
    {
      id: 'annotate.modelWhole',
      when: () => when() && (drawn.value !== null || cropIndex.value !== null),
      run: () => choosePart('whole'),
    },
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
    cropIndex.value = part === 'crop' ? nearestCrop() : null
    drawn.value = part === 'whole' || part === 'crop' ? null : { seed, augments: part === 'augmented' }
  }
  /** The crop whose middle is nearest to the playhead. */
  function nearestCrop(): number {
    const given = input.value
    if (!given?.crops || drawn.value !== null) return 0
    const { starts, frames } = given.crops
    const placeOf = (start: number): number => given.firstFrameSeconds + (start + frames / 2) * given.frameSeconds
    const away = starts.map((start) => Math.abs(placeOf(start) - player.state.positionSeconds))
    return away.indexOf(Math.min(...away))
  }
  /** From all that is scored through its crops, and to all again. */
  function stepCrop(by: 1 | -1): void {
    const count = drawn.value === null ? (input.value?.crops?.starts.length ?? 0) : 0
    const next = (cropIndex.value ?? (by > 0 ? -1 : count)) + by
    drawn.value = null
    cropIndex.value = next >= 0 && next < count ? next : null
  }

  return {
    isOn,
    source,
    chooseSource,
    chooseFold: (next: string) => void (chosenFold.value = next),
    chooseClass: (next: string) => void (chosenClassId.value = next),
    choosePart,
    stepCrop,
    crop,
    cropSeconds,
    axis,
    sources,
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
    error: computed(
      () =>
        (run.value ? folds.error.value : null) ??
        (question.value ? answer.error.value : null) ??
        (mapsQuestion.value ? maps.error.value : null),
    ),
    isAsking: computed(() => folds.isAsking.value || answer.isAsking.value || maps.isAsking.value),
    /** Ends what is asked, and shows the spectrogram again. */
    cancel: () => void (isOn.value = false),
    progress,
    retry: () => {
      void folds.askNow()
      void answer.askNow()
      void maps.askNow()
    },
  }
}

export type ModelView = ReturnType<typeof useModelView>

/** Nobody types these questions: they are asked at once. */
const atOnce = { waitMs: 0 }

const shares = [0.6, 0.9, 0, 0.3]
const nextShare = (now: number): number => shares[(shares.indexOf(now) + 1) % shares.length]!

/**
 * One class's map over the whole input, or of one crop alone, as shares of its highest place; what speaks against the
 * class is 0.
 */
function mapOf(all: ClassMaps, index: number, crop: number | null): Float32Array {
  const perCrop = all.mapFrames * all.mapBands
  const size = all.crops.starts.length * perCrop
  const values = all.values.subarray(index * size, (index + 1) * size)
  const own: ClassMapOfCrops =
    crop === null
      ? { ...all, values }
      : {
          ...all,
          crops: { frames: all.crops.frames, starts: [all.crops.starts[crop]!] },
          values: values.subarray(crop * perCrop, (crop + 1) * perCrop),
        }
  const spread = spreadClassMap(own)
  const highest = spread.reduce((most, value) => Math.max(most, value), 0)
  return highest > 0 ? spread.map((value) => Math.max(0, value) / highest) : spread.fill(0)
}
