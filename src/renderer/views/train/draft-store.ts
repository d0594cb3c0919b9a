import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { canonicalJson } from '../../../dsp/canonical-json'
import type { AugmentationChain, FrontEnd, Recipe } from '../../../dsp/recipe'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import type { RunRequest, SplitChoice } from '../../../shared/contract/runs'
import { readDraft, textOf, typeInto } from './recipe-draft'
import { readField } from './recipe-field'
import { fieldsOf } from './recipe-fields'

/** The run that is being prepared: kept while a person looks elsewhere, so that nothing typed is lost. */
export const useTrainingDraftStore = defineStore('training-draft', () => {
  /** What the fields' texts are read over: the recipe that was chosen, or that with other kinds of bands or level. */
  const base = shallowRef<Recipe | null>(null)
  const chosen = shallowRef<Recipe | null>(null)
  const texts = ref<Record<string, string>>({})
  const queryText = ref('')
  const splitKind = ref<SplitChoice['kind']>('cross-validate')
  /** Whether the person chose the kind; until then it follows what the clips allow. */
  const isSplitChosen = ref(false)
  const testFold = ref('')
  const testSharePercent = ref('25')
  /** The person wants to train although there are leaks. */
  const allowsLeaks = ref(false)
  const backend = ref<RunRequest['backend']>('auto')

  const reading = computed(() =>
    base.value ? readDraft({ base: base.value, texts: texts.value }) : { recipe: null, issues: {}, changed: [] },
  )
  const split = computed<SplitChoice | null>(() => {
    if (splitKind.value === 'cross-validate' || splitKind.value === 'assigned') return { kind: splitKind.value }
    if (splitKind.value === 'holdout')
      return testFold.value === '' ? null : { kind: 'holdout', testFold: testFold.value, trainFolds: null }
    const testShare = Number(testSharePercent.value) / 100
    return testShare >= 0.05 && testShare <= 0.9 ? { kind: 'random', testShare } : null
  })
  const query = computed(() => {
    try {
      return parseClipQuery(queryText.value)
    } catch {
      return everyClip
    }
  })
  const leaks = computed(() => (allowsLeaks.value ? { allowsLeaks: true } : {}))
  /** Null while a field does not pass its check. */
  const request = computed<RunRequest | null>(() =>
    reading.value.recipe && split.value
      ? { recipe: reading.value.recipe, backend: backend.value, split: split.value, query: query.value, ...leaks.value }
      : null,
  )

  const hasOtherFrontEnd = computed(
    () => canonicalJson(base.value?.frontEnd ?? null) !== canonicalJson(chosen.value?.frontEnd ?? null),
  )

  function choose(recipe: Recipe): void {
    base.value = recipe
    chosen.value = recipe
    texts.value = {}
  }
  function type(path: string, text: string): void {
    if (base.value) texts.value = typeInto({ base: base.value, texts: texts.value }, path, text).texts
  }
  /** Another front end, in whole or in part: what was typed into the fields of that part is forgotten. */
  function takeFrontEnd(frontEnd: FrontEnd, part: string): void {
    if (!base.value) return
    base.value = { ...base.value, frontEnd }
    texts.value = Object.fromEntries(Object.entries(texts.value).filter(([key]) => !key.startsWith(`${part}.`)))
  }
  /** Puts an augmentation chain into the recipe; null takes it out. */
  function takeChain(chain: AugmentationChain | null): void {
    if (!base.value) return
    const training = { ...base.value.training }
    if (chain === null) delete training.chain
    else training.chain = chain
    base.value = { ...base.value, training }
  }
  function reset(path?: string): void {
    if (path === undefined) [base.value, texts.value] = [chosen.value, {}]
    else texts.value = Object.fromEntries(Object.entries(texts.value).filter(([key]) => key !== path))
  }

  /** Folds of the clips that are asked for; proposes the split they allow. */
  function learnFolds(folds: string[]): void {
    const canCross = folds.length >= 2
    if (!isSplitChosen.value || (!canCross && splitKind.value !== 'random' && splitKind.value !== 'assigned'))
      splitKind.value = canCross ? 'cross-validate' : 'random'
    if (!folds.includes(testFold.value)) testFold.value = folds.at(-1) ?? ''
  }

  /** Starts from another run's recipe: the named recipe it came from, with its changes marked as changes. */
  function adopt(recipe: Recipe, known: Recipe[], splitChoice: SplitChoice): void {
    const origin =
      known.find((one) => one.name === recipe.name && one.model.kind === recipe.model.kind) ??
      known.find((one) => one.model.kind === recipe.model.kind) ??
      recipe
    choose(origin)
    type('name', recipe.name)
    for (const field of fieldsOf(recipe)) type(field.path, textOf(readField(recipe, field.path)))
    // What the form has no fields for is kept by beginning from the run's recipe itself.
    if (canonicalJson(reading.value.recipe) !== canonicalJson(recipe)) choose(recipe)
    splitKind.value = splitChoice.kind
    isSplitChosen.value = true
    if (splitChoice.kind === 'holdout') testFold.value = splitChoice.testFold
    if (splitChoice.kind === 'random') testSharePercent.value = String(Math.round(splitChoice.testShare * 1000) / 10)
  }

  return {
    base,
    texts,
    queryText,
    splitKind,
    isSplitChosen,
    testFold,
    testSharePercent,
    allowsLeaks,
    backend,
    reading,
    split,
    query,
    request,
    hasOtherFrontEnd,
    choose,
    takeFrontEnd,
    takeChain,
    type,
    reset,
    learnFolds,
    adopt,
  }
})
