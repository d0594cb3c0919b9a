import { computed, watch } from 'vue'
import { formatHertz } from '../display-format'
import { useSettingsStore } from '../stores/settings'
import { ultrasoundModes } from '../sound/ultrasound'
import { useActions } from './actions'
import { usePlayer } from './use-player'

export const expansions = [2, 5, 10, 20, 40] as const
export const mostGainDb = 60
export const leastGainDb = -24
const gainStepDb = 6
const toneStepHz = 1000
const highestToneHz = 192_000

/** Keeps the player to what this person has set about listening, and offers the keys that change it. */
export function useListening() {
  const player = usePlayer()
  const { values } = useSettingsStore()
  const { state } = player

  watch(
    () => ({
      keepsPitch: values.keepsPitch,
      playsBoxOnly: values.playsBoxOnly,
      preRollSeconds: values.usesRolls ? values.preRollSeconds : 0,
      postRollSeconds: values.usesRolls ? values.postRollSeconds : 0,
      gainDb: values.gainDb,
      ultrasound: values.ultrasound,
      expansion: values.expansion,
      heterodyneHz: values.heterodyneHz,
    }),
    (choices) => player.choose(choices),
    { immediate: true },
  )

  /** A channel that the clip has, or all. */
  const channel = computed(() =>
    state.channel !== null && state.channel < state.channelCount && state.channelCount > 1 ? state.channel : null,
  )
  /** Everything in which what is heard differs from what is in the file, in a word each. */
  const differences = computed(() => {
    const all: string[] = []
    if (values.playsBoxOnly) all.push(state.box ? 'Box only' : 'Box only: none selected')
    if (channel.value !== null) all.push(`Channel ${channel.value + 1}`)
    if (values.gainDb !== 0) all.push(`${values.gainDb > 0 ? '+' : '−'}${Math.abs(values.gainDb)} dB`)
    if (values.ultrasound === 'expand') all.push(`${values.expansion}× slower and lower`)
    else if (state.rate !== 1 && !values.keepsPitch) all.push('Pitch follows')
    if (values.ultrasound === 'heterodyne')
      all.push(
        state.sampleRateHz !== null && values.heterodyneHz >= state.sampleRateHz / 2
          ? 'Heterodyne: nothing so high'
          : `Heterodyne ${formatHertz(values.heterodyneHz)}`,
      )
    return all
  })

  const setGain = (gainDb: number): void => {
    values.gainDb = Math.min(mostGainDb, Math.max(leastGainDb, gainDb))
  }
  function stepChannel(): void {
    const next = (channel.value ?? -1) + 1
    player.setChannel(next < state.channelCount ? next : null)
  }
  function tune(by: number): void {
    if (values.ultrasound === 'heterodyne')
      values.heterodyneHz = Math.min(highestToneHz, Math.max(toneStepHz, values.heterodyneHz + by * toneStepHz))
    else {
      const at = expansions.findIndex((expansion) => expansion >= values.expansion)
      values.expansion = expansions[Math.min(expansions.length - 1, Math.max(0, at + by))]!
    }
  }

  const hasClip = (): boolean => state.clip !== null
  const isUltrasound = (): boolean => hasClip() && values.ultrasound !== 'off'
  useActions([
    { id: 'transport.pitch', when: hasClip, run: () => (values.keepsPitch = !values.keepsPitch) },
    { id: 'transport.box', when: hasClip, run: () => (values.playsBoxOnly = !values.playsBoxOnly) },
    { id: 'transport.rolls', when: hasClip, run: () => (values.usesRolls = !values.usesRolls) },
    { id: 'transport.louder', when: hasClip, run: () => setGain(values.gainDb + gainStepDb) },
    { id: 'transport.softer', when: hasClip, run: () => setGain(values.gainDb - gainStepDb) },
    { id: 'transport.channel', when: () => hasClip() && state.channelCount > 1, run: stepChannel },
    {
      id: 'transport.ultrasound',
      when: hasClip,
      run: () => {
        const at = ultrasoundModes.indexOf(values.ultrasound)
        values.ultrasound = ultrasoundModes[(at + 1) % ultrasoundModes.length]!
      },
    },
    { id: 'transport.tuneUp', when: isUltrasound, run: () => tune(1) },
    { id: 'transport.tuneDown', when: isUltrasound, run: () => tune(-1) },
    { id: 'transport.listening', when: hasClip, run: () => (values.showsListening = !values.showsListening) },
  ])

  return { differences }
}
