/** When two front ends are the same, what their hash is, and in what they differ. */
import { canonicalJson } from './canonical-json'
import type { FrontEnd } from './front-end'
import { sha256Hex } from './sha256'
import { windowParameter } from './window'

/** Values that say what a field's absence says, by its path; steps and their bands by their last part. */
const usual: Record<string, unknown> = {
  kind: 'spectrogram',
  windowSymmetry: 'periodic',
  uncentredFrames: 'fft',
  dividesByFft: false,
  'bands.flanks': 'hz',
  'level.kind': 'decibel',
  'level.floorsOnlyZeros': false,
  'level.maximumOverBands': 1,
  'conditioning.removesMean': false,
  'conditioning.gain': 1,
  'conditioning.preEmphasis': 0,
  'steps.*.startsWithEnergy': false,
  'steps.*.bands.flanks': 'hz',
}

/** Every value of a front end by its path ("level.topDb"), without those that mean the same as none. */
function facts(frontEnd: FrontEnd): Map<string, unknown> {
  const found = new Map<string, unknown>()
  const visit = (value: unknown, path: string): void => {
    if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`)
    else if (value !== undefined && usual[path.replace(/\.\d+(?=\.|$)/, '.*')] !== value) found.set(path, value)
  }
  visit(frontEnd, '')
  if (frontEnd.kind === 'constant-q' || frontEnd.kind === 'waveform') return withoutUsualParameter(found, frontEnd)
  // What only centred or only other frames have.
  if (frontEnd.center) found.delete('uncentredFrames')
  if (frontEnd.bands.scale === 'mel' && frontEnd.bands.maxHz === null)
    found.set('bands.maxHz', frontEnd.sampleRateHz / 2)
  return withoutUsualParameter(found, frontEnd)
}

function withoutUsualParameter(found: Map<string, unknown>, frontEnd: FrontEnd): Map<string, unknown> {
  if (frontEnd.kind !== 'waveform' && found.get('windowParameter') === windowParameter(frontEnd.window)?.usual)
    found.delete('windowParameter')
  return found
}

/**
 * SHA-256 of what a front end says, as hexadecimal digits: front ends that compute the same from the same fields have
 * the same hash, whatever the order of the fields and whether a usual value is said or left out.
 */
export function hashFrontEnd(frontEnd: FrontEnd): string {
  return sha256Hex(canonicalJson(Object.fromEntries(facts(frontEnd))))
}

/** The hash as people see it. */
export function shortHash(frontEnd: FrontEnd): string {
  return hashFrontEnd(frontEnd).slice(0, 8)
}

export interface FrontEndDifference {
  /** Dotted path of the field. */
  path: string
  /** As JSON; 'absent' where one has no such field. */
  first: string
  second: string
}

/** The fields in which two front ends differ; none where their hashes are the same. */
export function compareFrontEnds(first: FrontEnd, second: FrontEnd): FrontEndDifference[] {
  const [left, right] = [facts(first), facts(second)]
  const write = (side: Map<string, unknown>, path: string): string =>
    side.has(path) ? JSON.stringify(side.get(path)) : 'absent'
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((path) => ({ path, first: write(left, path), second: write(right, path) }))
    .filter((difference) => difference.first !== difference.second)
}
