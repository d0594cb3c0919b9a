import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'
import type { UltrasoundMode } from '../sound/ultrasound'

export type ThemeChoice = 'system' | 'dark' | 'light'

export interface Settings {
  theme: ThemeChoice
  showsPicture: boolean
  volume: number
  showsListening: boolean
  keepsPitch: boolean
  /** Only the band of the selected box is heard. */
  playsBoxOnly: boolean
  /** Whether segments are led in and out by so much of what is around them. */
  usesRolls: boolean
  preRollSeconds: number
  postRollSeconds: number
  gainDb: number
  ultrasound: UltrasoundMode
  /** So many times slower and lower. */
  expansion: number
  heterodyneHz: number
  playsOnSelect: boolean
  /** At the end of a clip in Annotate the next one of the list follows. */
  playsOn: boolean
  /** In a rating session each segment is heard as soon as it is shown. */
  playsInSession: boolean
  inspectorWidth: number
  facetsWidth: number
  showsFacets: boolean
  showsInspector: boolean
  /** Which groups of filters are open, where a person has opened or closed one. */
  openFacets: Record<string, boolean>
  /** The classes in the filters: the most frequent first, or as in the ontology. */
  sortsClassesByCount: boolean
  /** Into which new segments go. */
  tier: string
  hiddenTiers: string[]
  /** Boxes are drawn with their frequency bounds; hidden, they stay as they are. */
  showsBounds: boolean
  /** What a dragged edge goes to when it comes near. */
  snapMode: SnapMode
  nudge: NudgeStep
  /** A digit in Annotate labels, finishes the clip and goes on: the macro. */
  isQuick: boolean
  /** Where the macro moves the clip; '' leaves it. */
  quickStatus: '' | 'done' | 'reviewed' | 'accepted'
  /** The macro says that every class that is heard is labeled. */
  quickCompletes: boolean
  quickGoesOn: boolean
  quickPlays: boolean
  /** After a verdict on a proposal the next one is heard. */
  playsProposals: boolean
  /** Proposals that were accepted, edited or rejected are shown too. */
  showsJudged: boolean
  /** The model whose view was seen last: a run's id, or "recipe:" and a name; '' is the newest run. */
  modelSource: string
  /** How far what does not speak for a class is dimmed, 0 to 0.9; 0 hides the map. */
  modelMapShare: number
  /** Each segment that is stepped to is said and played. */
  speaksOutline: boolean
  /** The browser's own voice says it too, for those without a screen reader. */
  speaksAloud: boolean
  /** Classes that were picked last, latest first. */
  recentClassIds: string[]
}

export type SnapMode = 'off' | 'edges' | 'zero' | 'onsets'
export type NudgeStep = '1 ms' | '10 ms' | 'frame'

const storageKey = 'earmark.settings'

const isWide = typeof innerWidth === 'undefined' || innerWidth >= 1200

const defaults: Settings = {
  theme: 'dark',
  showsPicture: false,
  volume: 1,
  showsListening: false,
  keepsPitch: true,
  playsBoxOnly: false,
  usesRolls: false,
  preRollSeconds: 0.5,
  postRollSeconds: 0.5,
  gainDb: 0,
  ultrasound: 'off',
  expansion: 10,
  heterodyneHz: 40_000,
  playsOnSelect: false,
  playsOn: false,
  playsInSession: true,
  inspectorWidth: 296,
  facetsWidth: 264,
  showsFacets: isWide,
  showsInspector: true,
  openFacets: {},
  sortsClassesByCount: false,
  tier: 'human',
  hiddenTiers: [],
  showsBounds: true,
  snapMode: 'off',
  nudge: '10 ms',
  isQuick: false,
  quickStatus: 'done',
  quickCompletes: false,
  quickGoesOn: true,
  quickPlays: true,
  playsProposals: true,
  showsJudged: false,
  modelSource: '',
  modelMapShare: 0.6,
  speaksOutline: false,
  speaksAloud: false,
  recentClassIds: [],
}

function read(): Settings {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Record<string, unknown>
    // A value of another type than the default is from another time: forget it.
    const fitting = Object.entries(kept).filter(
      ([key, value]) => key in defaults && isLike(value, defaults[key as keyof Settings]),
    )
    return { ...defaults, ...Object.fromEntries(fitting) }
  } catch {
    return { ...defaults }
  }
}

const isLike = (value: unknown, model: unknown): boolean =>
  Array.isArray(model)
    ? Array.isArray(value) && value.every((entry) => typeof entry === 'string')
    : typeof value === typeof model

/** What this window looks like; kept in the browser's storage, never in the catalog. */
export const useSettingsStore = defineStore('settings', () => {
  const values = reactive(read())
  const prefersLight = ref(false)
  const query = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: light)') : null
  prefersLight.value = query?.matches ?? false
  query?.addEventListener('change', (event) => (prefersLight.value = event.matches))

  const theme = computed(() => (values.theme === 'system' ? (prefersLight.value ? 'light' : 'dark') : values.theme))
  watch(theme, (name) => (document.documentElement.dataset.theme = name), { immediate: true })
  watch(values, () => {
    try {
      localStorage.setItem(storageKey, JSON.stringify(values))
    } catch {
      // Storage may be full or forbidden: then a setting lasts as long as the window.
    }
  })

  return { values, theme }
})
