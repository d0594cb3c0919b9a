/**
 * How well sounds are found again: every recording of ESC-10 is planted once of each kind beside all originals.
 * `npm run bench -- fingerprint` prints recall by kind, and every pair of recordings of different sources that matched.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { computeFingerprint, fingerprintRateHz } from '../src/dsp/fingerprint'
import { findSoundMatches } from '../src/dsp/fingerprint-matches'
import { mixDown } from '../src/dsp/mixdown'
import { resample } from '../src/dsp/resample'
import { decodeAudio } from '../src/formats/audio/decode-audio'
import { encodeWav } from '../src/formats/audio/encode-wav'

interface Sound {
  name: string
  samples: Float32Array
  rateHz: number
}

const plants: Record<string, (sound: Sound) => { bytes: Uint8Array }> = {
  'encoded again (WAV)': ({ samples, rateHz }) => ({ bytes: encodeWav([samples], rateHz) }),
  'resampled to 16 kHz': ({ samples, rateHz }) => ({ bytes: encodeWav([resample(samples, rateHz, 16_000)], 16_000) }),
  '12 dB softer': ({ samples, rateHz }) => ({ bytes: encodeWav([samples.map((value) => value * 0.2512)], rateHz) }),
  'loudest 2 s': ({ samples, rateHz }) => {
    const start = findLoudest(samples, rateHz)
    return { bytes: encodeWav([samples.slice(start, start + 2 * rateHz)], rateHz) }
  },
}

function findLoudest(samples: Float32Array, rateHz: number): number {
  let [best, most] = [0, -1]
  for (let start = 0; start + 2 * rateHz <= samples.length; start += Math.round(rateHz / 7)) {
    const energy = samples.subarray(start, start + 2 * rateHz).reduce((sum, value) => sum + value * value, 0)
    if (energy > most) [best, most] = [start, energy]
  }
  return best
}

export async function main(): Promise<void> {
  const folder = join(
    process.env.EARMARK_TEST_DATA ?? resolve(import.meta.dirname, '../../../shared/data'),
    'esc10/audio',
  )
  if (!existsSync(folder)) return console.log(`ESC-10 is not at ${folder} (set EARMARK_TEST_DATA)`)
  const sounds: Sound[] = []
  for (const name of readdirSync(folder).sort()) {
    const { channels, sampleRateHz } = await decodeAudio(readFileSync(join(folder, name)), name)
    sounds.push({ name, samples: channels[0]!, rateHz: sampleRateHz })
  }
  let startMs = performance.now()
  const originals = sounds.map(({ samples, rateHz }) =>
    computeFingerprint(resample(samples, rateHz, fingerprintRateHz)),
  )
  console.log(`fingerprint of 5 s: ${((performance.now() - startMs) / sounds.length).toFixed(1)} ms`)
  const sourceOf = (name: string): string => name.split('-')[1]!
  let [found, planted] = [0, 0]
  const strangers = new Map<string, number>()
  for (const [kind, make] of Object.entries(plants)) {
    const copies: Uint32Array[] = []
    for (const sound of sounds) {
      const { channels, sampleRateHz } = await decodeAudio(make(sound).bytes, sound.name)
      copies.push(computeFingerprint(resample(mixDown(channels, 'mean'), sampleRateHz, fingerprintRateHz)))
    }
    startMs = performance.now()
    const matches = findSoundMatches([...originals, ...copies])
    const tookMs = performance.now() - startMs
    const own = new Set(
      matches.filter(({ first, second }) => second === first + sounds.length).map(({ first }) => first),
    )
    found += own.size
    planted += sounds.length
    const missed = sounds.filter((_sound, index) => !own.has(index)).map(({ name }) => name)
    console.log(
      `${kind}: ${own.size} of ${sounds.length} found; comparing ${2 * sounds.length} sounds ${tookMs.toFixed(0)} ms` +
        (missed.length > 0 ? `; missed ${missed.join(', ')}` : ''),
    )
    for (const { first, second, errorRate } of matches) {
      const [a, b] = [sounds[first % sounds.length]!.name, sounds[second % sounds.length]!.name]
      if (sourceOf(a) === sourceOf(b)) continue
      const pair = [a, b].sort().join(' and ')
      strangers.set(pair, Math.min(errorRate, strangers.get(pair) ?? 1))
    }
  }
  console.log(`recall ${found} of ${planted}`)
  console.log(`pairs of recordings of different sources that match: ${strangers.size}`)
  for (const [pair, errorRate] of strangers)
    console.log(`  ${pair}, ${(errorRate * 100).toFixed(1)} % of the bits differ`)
}
