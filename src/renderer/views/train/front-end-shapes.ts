/** What the recipe form puts in the place of bands or level when a person takes another kind of them. */
import type { Bands, FrontEnd, Level } from '../../../dsp/front-end'
import { hashFrontEnd } from '../../../dsp/front-end-identity'
import { findFrontEndPreset, frontEndPresets } from '../../../dsp/front-end-presets'
import { logmelFrontEnd } from '../../../dsp/presets'

export const bandNames: Record<Bands['scale'], string> = {
  mel: 'mel bands',
  linear: 'all FFT bins',
  'log-normal': 'log-frequency, overlapping',
  'log-triangles': 'log-frequency, triangles',
}

export type LevelKind = NonNullable<Level['kind']>

export const levelNames: Record<LevelKind, string> = {
  decibel: 'decibels',
  logarithm: 'logarithm',
  pcen: 'PCEN',
  plain: 'energies as they are',
}

/** The kind of a level, also of one that does not say it. */
export function levelKindOf(level: Level): LevelKind {
  return level.kind ?? 'decibel'
}

/** Bands of a kind, that of a preset, no higher than the sample rate allows. */
export function bandsOf(scale: Bands['scale'], sampleRateHz: number): Bands {
  switch (scale) {
    case 'linear':
      return { scale }
    case 'mel':
      return { ...logmelFrontEnd.bands }
    case 'log-normal':
      return presetBands('log-frequency')
    case 'log-triangles': {
      const bands = presetBands('log-filtered')
      return bands.scale === scale ? { ...bands, maxHz: Math.min(bands.maxHz, sampleRateHz / 2) } : bands
    }
  }
}

function presetBands(name: string): Bands {
  const { frontEnd } = findFrontEndPreset(name)!
  return frontEnd.kind === 'constant-q' || frontEnd.kind === 'waveform' ? { scale: 'linear' } : { ...frontEnd.bands }
}

/** A level of a kind, that of a preset. */
export function levelOf(kind: LevelKind): Level {
  const preset = { decibel: 'logmel', logarithm: 'yamnet', pcen: 'pcen', plain: 'mel-torchaudio' }[kind]
  const { frontEnd } = findFrontEndPreset(preset)!
  return frontEnd.kind === 'waveform' ? { kind: 'plain' } : { ...frontEnd.level }
}

/** Name of the preset that is this front end; null where it is none of them. */
export function presetOf(frontEnd: FrontEnd): string | null {
  const hash = hashFrontEnd(frontEnd)
  return frontEndPresets.find((preset) => hashFrontEnd(preset.frontEnd) === hash)?.name ?? null
}
