import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

export type ThemeChoice = 'system' | 'dark' | 'light'

/** How the spectrogram is computed and painted, beside scale, colours and range. */
export interface PictureChoices {
  window: 'hann' | 'hamming' | 'blackman' | 'blackman-harris' | 'nuttall' | 'flat-top' | 'rectangular'
  /** Samples; 0 fits the zoom. */
  windowSamples: number
  /** Share of a window that neighbouring columns have in common at the finest zoom. */
  overlap: number
  level: 'decibel' | 'pcen'
  /** From 0; −1 is the mean of all. */
  channel: number
  /** What the last colour stands for: the loudest cell of the clip, or a sine of full scale. */
  reference: 'loudest' | 'fullScale'
  gainDb: number
  /** The band that is shown; all of it where the upper is not above the lower. */
  lowHz: number
  highHz: number
}

export const newPicture = (): PictureChoices => ({
  window: 'hann',
  windowSamples: 0,
  overlap: 0.75,
  level: 'decibel',
  channel: -1,
  reference: 'loudest',
  gainDb: 0,
  lowHz: 0,
  highHz: 0,
})

export interface Settings {
  theme: ThemeChoice
  colormap: string
  /** Of the spectrogram, below its loudest cell. */
  floorDb: number
  frequencyScale: 'mel' | 'linear' | 'log'
  picture: PictureChoices
  volume: number
  playsOnSelect: boolean
  inspectorWidth: number
  facetsWidth: number
  showsFacets: boolean
  showsInspector: boolean
  /** Which groups of filters are open, where a person has opened or closed one. */
  openFacets: Record<string, boolean>
  /** The classes in the filters: the most frequent first, or as in the ontology. */
  sortsClassesByCount: boolean
}

const storageKey = 'earmark.settings'

const isWide = typeof innerWidth === 'undefined' || innerWidth >= 1200

const defaults: Settings = {
  theme: 'dark',
  colormap: 'magma',
  floorDb: 80,
  frequencyScale: 'mel',
  picture: newPicture(),
  volume: 1,
  playsOnSelect: false,
  inspectorWidth: 296,
  facetsWidth: 264,
  showsFacets: isWide,
  showsInspector: true,
  openFacets: {},
  sortsClassesByCount: false,
}

function read(): Settings {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Record<string, unknown>
    // A value of another type than the default is from another time: forget it.
    const fitting = Object.entries(kept).filter(
      ([key, value]) => key in defaults && value !== null && typeof value === typeof defaults[key as keyof Settings],
    )
    const read: Settings = { ...defaults, ...Object.fromEntries(fitting) }
    return { ...read, picture: { ...newPicture(), ...read.picture } }
  } catch {
    return { ...defaults, picture: newPicture() }
  }
}

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
