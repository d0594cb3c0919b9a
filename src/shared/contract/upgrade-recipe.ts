/** Recipes of earlier Earmarks, as files, runs, manifests and models hold them, read as those of this one. */
import type { AugmentationStep } from '../../dsp/recipe'

/** What a training had in the place of steps of its chain, as `--set` named it. */
export const formerFields: readonly string[] = [
  'mixupAlpha',
  'frequencyMasks',
  'frequencyMaskBands',
  'timeMasks',
  'timeMaskFrames',
  'gainDb',
].map((name) => `training.${name}`)

type Fields = Record<string, unknown>

/**
 * The same recipe with the gain, the masks and the mixup of its training as the last steps of its chain, in the order in which
 * they were done. For mfcc-logistic, which never read them, they are left out. What is no such recipe comes back as it is, for the
 * check to refuse.
 */
export function upgradeRecipe(value: unknown): unknown {
  if (!isFields(value) || !isFields(value['training'])) return value
  const { mixupAlpha, frequencyMasks, frequencyMaskBands, timeMasks, timeMaskFrames, gainDb, ...training } =
    value['training']
  const former = [mixupAlpha, frequencyMasks, frequencyMaskBands, timeMasks, timeMaskFrames, gainDb]
  if (former.every((field) => field === undefined)) return value
  if (!former.every((field) => typeof field === 'number')) return value
  const [alpha, bandMasks, bands, frameMasks, frames, gain] = former as [number, number, number, number, number, number]
  const steps: AugmentationStep[] = []
  if (gain > 0) steps.push({ kind: 'picture-gain', decibels: [-gain, gain] })
  if (bandMasks > 0) steps.push({ kind: 'frequency-mask', masks: bandMasks, widestBands: bands })
  if (frameMasks > 0) steps.push({ kind: 'time-mask', masks: frameMasks, widestFrames: frames, widestShare: 1 })
  if (alpha > 0) steps.push({ kind: 'mixup', alpha, labels: 'shares' })
  if (isFields(value['model']) && value['model']['kind'] === 'mfcc-logistic') return { ...value, training }
  if (steps.length === 0) return { ...value, training }
  const chain = isFields(training['chain']) ? training['chain'] : {}
  const before: unknown[] = Array.isArray(chain['steps']) ? chain['steps'] : []
  return { ...value, training: { ...training, chain: { ...chain, steps: [...before, ...steps] } } }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
