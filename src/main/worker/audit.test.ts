import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resample } from '../../dsp/resample'
import { decodeAudio } from '../../formats/audio/decode-audio'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { AuditManifest } from '../../shared/job/manifest'
import type { HashMatch, WorkerEvent } from '../../shared/job/worker-event'
import { runAudit } from './audit'
import { makeInlineMedia } from './inline-media'

const audio = join(
  process.env.EARMARK_TEST_DATA ?? resolve(import.meta.dirname, '../../../../shared/data'),
  'esc10/audio',
)
const isThere = existsSync(audio)

/** Every seventh recording is planted once of each kind, as a file of its own. */
const plants: Record<string, (samples: Float32Array, rateHz: number) => Uint8Array> = {
  'encoded again': (samples, rateHz) => encodeWav([samples], rateHz),
  resampled: (samples, rateHz) => encodeWav([resample(samples, rateHz, 16_000)], 16_000),
  '12 dB softer': (samples, rateHz) => encodeWav([samples.map((value) => value * 10 ** (-12 / 20))], rateHz),
  'cut of 2 s': (samples, rateHz) => encodeWav([samples.slice(loudest(samples, rateHz)).slice(0, 2 * rateHz)], rateHz),
}

/** Begins 2 s that have sound: some recordings are silent for the most part. */
function loudest(samples: Float32Array, rateHz: number): number {
  const step = Math.round(rateHz / 4)
  let [best, most] = [0, -1]
  for (let start = 0; start + 2 * rateHz <= samples.length; start += step) {
    const energy = samples.subarray(start, start + 2 * rateHz).reduce((sum, value) => sum + value * value, 0)
    if (energy > most) [best, most] = [start, energy]
  }
  return best + 777
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const sourceOf = (name: string): string => name.split('-')[1]!

describe.skipIf(!isThere)(isThere ? 'listening to ESC-10' : `listening to ESC-10 (it is not at ${audio})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-audit-'))
  const sounds: AuditManifest['sounds'] = []
  const nameOf = new Map<string, string>()
  const planted: { kind: string; original: string; copy: string; name: string }[] = []
  let matches: HashMatch[] = []

  const listen = async (): Promise<{ events: WorkerEvent[]; decoded: number }> => {
    const events: WorkerEvent[] = []
    const media = makeInlineMedia()
    let decoded = 0
    const counted: typeof media = { ...media, run: (...input) => (decoded++, media.run(...input)) }
    await runAudit(
      { kind: 'audit', cacheFolder: join(folder, 'cache'), sounds },
      (event) => void events.push(event),
      counted,
    )
    return { events, decoded }
  }
  const isMatched = (a: string, b: string): boolean =>
    matches.some(
      ({ firstHash, secondHash }) => (firstHash === a && secondHash === b) || (firstHash === b && secondHash === a),
    )

  beforeAll(async () => {
    mkdirSync(join(folder, 'audio'))
    for (const [index, name] of readdirSync(audio).sort().entries()) {
      const bytes = readFileSync(join(audio, name))
      const contentHash = hashOf(bytes)
      sounds.push({ path: join(audio, name), contentHash })
      nameOf.set(contentHash, name)
      if (index % 7 !== 0) continue
      const { channels, sampleRateHz } = await decodeAudio(bytes, name)
      for (const [kind, make] of Object.entries(plants)) {
        const copy = make(channels[0]!, sampleRateHz)
        const path = join(folder, 'audio', `${kind} ${name}.wav`)
        writeFileSync(path, copy)
        sounds.push({ path, contentHash: hashOf(copy) })
        planted.push({ kind, original: contentHash, copy: hashOf(copy), name })
      }
    }
    const { events } = await listen()
    const told = events.find((event) => event.type === 'sounds')!
    expect(told.heard).toHaveLength(sounds.length)
    matches = told.matches
  }, 240_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(Object.keys(plants))('finds every copy that was %s', (kind) => {
    const own = planted.filter((plant) => plant.kind === kind)
    expect(own.length).toBeGreaterThan(40)
    expect(own.filter(({ original, copy }) => !isMatched(original, copy)).map(({ name }) => name)).toEqual([])
  })

  it('takes no two recordings of different sources for one, but for two that Freesound has twice', () => {
    const strangers = matches
      .map(({ firstHash, secondHash }) => [nameOf.get(firstHash), nameOf.get(secondHash)] as const)
      .filter(([a, b]) => a !== undefined && b !== undefined && sourceOf(a) !== sourceOf(b))
    // The waveforms of these agree: 0.97 is the correlation of the first pair over 4.6 s, with no shift.
    expect(strangers).toEqual([
      ['2-28314-A-12.ogg', '2-30322-A-12.ogg'],
      ['2-28314-B-12.ogg', '2-30322-B-12.ogg'],
    ])
  })

  it('decodes nothing a second time, and says the same', async () => {
    const { events, decoded } = await listen()
    expect(decoded).toBe(0)
    expect(events.find((event) => event.type === 'sounds')).toMatchObject({ matches })
  })

  it('names what it cannot read and goes on', async () => {
    const path = join(folder, 'audio', 'broken.wav')
    writeFileSync(path, 'RIFF')
    const events: WorkerEvent[] = []
    const two = [{ path, contentHash: 'broken' }, sounds[0]!]
    const manifest = { kind: 'audit' as const, cacheFolder: join(folder, 'cache'), sounds: two }
    await runAudit(manifest, (event) => void events.push(event), makeInlineMedia())
    expect(events.find((event) => event.type === 'issues')).toMatchObject({ issues: [{ file: path }] })
    expect(events.find((event) => event.type === 'sounds')).toMatchObject({
      heard: [{ contentHash: sounds[0]!.contentHash }],
    })
  })
})
