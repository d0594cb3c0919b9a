/** The media tasks themselves, without threads: decode, cut, compute. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { applyChain, type ChainPartner } from '../../dsp/augment/apply-chain'
import { excerptOf } from '../../dsp/augment/materials'
import { withCoders } from '../../dsp/augment/opus'
import { computeFrontEnd } from '../../dsp/features'
import { computeFingerprint, fingerprintRateHz } from '../../dsp/fingerprint'
import type { ChannelChoice, FrontEnd } from '../../dsp/recipe'
import { computeSegments } from '../../dsp/segments'
import { computeTile, sketchWindows } from '../../dsp/tile'
import { AppError } from '../../shared/errors'
import { openPieces, planFeatures, valuesOf } from './feature-tasks'
import type {
  Augmentation,
  HeardSpan,
  MaterialSpan,
  MediaInput,
  MediaOutput,
  MediaPartner,
  MediaSpan,
  MediaTaskKind,
} from './media-task'
import type { SoundSpan } from './open-sound'
import { outlineChunk, outlineSpan } from './outline-tasks'
import { readMono, readMonoAt, readPadded } from './read-mono'
import { readRendition } from './rendition'
import type { SoundShelf } from './sound-shelf'
import { paintThumbnail, sketchThumbnail } from './thumbnail-tasks'

/** How a long task tells where it is, and hears that nobody waits for it any more. */
export interface TaskControl {
  onProgress(done: number): void
  signal?: AbortSignal
}

type Runner<K extends MediaTaskKind> = (
  input: MediaInput<K>,
  shelf: SoundShelf,
  control: TaskControl,
) => Promise<MediaOutput<K>>

const runners: { [K in MediaTaskKind]: Runner<K> } = {
  probe({ path }, shelf) {
    return shelf.probe(path)
  },

  async prepare({ path, soundKey }, shelf, { onProgress, signal }) {
    await shelf.prepare(path, soundKey, onProgress, signal)
    return { isReady: true }
  },

  async samples(input, shelf) {
    return readResampled(input, input.channel, input.sampleRateHz, shelf)
  },

  async augmented(input, shelf) {
    const { channel, augmentation, segments = [] } = input
    const { samples, sampleRateHz } = await readResampled(input, channel, input.sampleRateHz, shelf)
    const { materials, partners } = await readOthers(augmentation, { channel, sampleRateHz }, shelf)
    const { chain, place } = augmentation
    return withContext(input.path, async () => {
      const clip = { samples, sampleRateHz, segments }
      const { sound, drawn } = await withCoders(chain, () => applyChain(clip, chain, place, materials, partners))
      return { ...sound, drawn }
    })
  },

  async peak(input, shelf) {
    const { samples } = await readResampled(input, input.channel, null, shelf)
    let peak = 0
    for (const value of samples) peak = Math.max(peak, Math.abs(value))
    return { peak }
  },

  excerpt({ channel, sampleRateHz, ...material }, shelf) {
    return readExcerpt(material, { channel, sampleRateHz }, shelf)
  },

  async channels(input, shelf) {
    const { channels, sampleRateHz } = await readSpan(input, shelf)
    return { channels: channels.map((samples) => samples.slice()), sampleRateHz }
  },

  async features(input, shelf) {
    const { frontEnd, augmentation, segments = [] } = input
    const samples = await hear(input, frontEnd, shelf)
    if (!augmentation) return withContext(input.path, () => ({ ...computeFrontEnd(samples, frontEnd), drawn: [] }))
    const { materials, partners } = await readOthers(augmentation, frontEnd, shelf)
    const { chain, place } = augmentation
    return withContext(input.path, async () => {
      const heard = { samples, sampleRateHz: frontEnd.sampleRateHz, segments }
      const { sound, drawn } = await withCoders(chain, () => applyChain(heard, chain, place, materials, partners))
      return { ...computeFrontEnd(sound.samples, frontEnd), drawn }
    })
  },

  async segments(input, shelf) {
    const { frontEnd } = input
    const { samples } = await readResampled(input, frontEnd.channel, frontEnd.sampleRateHz, shelf)
    return withContext(input.path, () => {
      return valuesOf(computeSegments(samples, frontEnd), frontEnd)
    })
  },

  async featurePlan(input, shelf) {
    const span = await openSpan(input, shelf)
    return withContext(input.path, () => planFeatures(span, input.frontEnd))
  },

  async loudest({ first, count, frontEnd, ...input }, shelf) {
    const span = await openSpan(input, shelf)
    return withContext(input.path, async () => ({ power: await openPieces(span, frontEnd).loudest(first, count) }))
  },

  async featurePiece({ first, count, loudest, frontEnd, ...input }, shelf) {
    const span = await openSpan(input, shelf)
    return withContext(input.path, async () =>
      valuesOf(await openPieces(span, frontEnd).compute(first, count, loudest), frontEnd),
    )
  },

  async rendition(input, shelf) {
    return readRendition(await openSpan(input, shelf), input.from, input.to)
  },

  async fingerprint({ path, soundKey }, shelf) {
    const sound = await shelf.open(path, soundKey)
    return withContext(path, async () => {
      const samples = await readMonoAt(sound, 0, sound.frames, 'mean', fingerprintRateHz)
      return { codes: computeFingerprint(samples) }
    })
  },

  async thumbnail({ width, height, isSketch, ...input }, shelf, { signal }) {
    const span = await openSpan(input, shelf)
    const paint = isSketch ? sketchThumbnail : paintThumbnail
    return withContext(input.path, () => paint(span, { width, height }, signal))
  },

  async facts({ path, soundKey }, shelf) {
    const { frames, sampleRateHz, channelCount } = await shelf.open(path, soundKey)
    return { frames, sampleRateHz, channelCount }
  },

  async tile({ path, soundKey, channel, settings, index, isSketch }, shelf, { signal }) {
    const sound = await shelf.open(path, soundKey)
    const read = async (from: number, to: number): Promise<Float32Array> => {
      // Reading does not wait for the disk: without a turn in between, the thread would not hear that it may stop.
      if (!isSketch) await nextTurn()
      signal?.throwIfAborted()
      return readPadded(sound, from, to, channel)
    }
    const most = isSketch ? sketchWindows : Infinity
    return withContext(path, () => computeTile(read, sound.frames, sound.sampleRateHz, settings, index, most))
  },

  async outlineChunk({ path, soundKey, chunk }, shelf) {
    return { tables: await outlineChunk(await shelf.open(path, soundKey), chunk) }
  },

  async outlineSpan({ path, soundKey, ...input }, shelf) {
    const sound = await shelf.open(path, soundKey)
    return { columns: await withContext(path, () => outlineSpan(sound, input)) }
  },
}

/**
 * Runs one task. The arrays in the result are the caller's own and may be transferred.
 * @throws AppError 'bad-file' (what decodeAudio says), 'not-found', 'no-permission', or 'invalid-argument' for a span
 *   outside the recording, a channel it does not have or a front end that does not fit
 */
export function runMediaTask<K extends MediaTaskKind>(
  kind: K,
  input: MediaInput<K>,
  shelf: SoundShelf,
  control: TaskControl = { onProgress: () => undefined },
): Promise<MediaOutput<K>> {
  const runner: Runner<K> = runners[kind]
  return runner(input, shelf, control)
}

async function openSpan(
  { path, startSeconds, endSeconds, soundKey }: MediaSpan,
  shelf: SoundShelf,
): Promise<SoundSpan> {
  const sound = await shelf.open(path, soundKey)
  const { sampleRateHz, frames } = sound
  const from = Math.round(startSeconds * sampleRateHz)
  const to = Math.min(Math.round(endSeconds * sampleRateHz), frames)
  if (!(from >= 0 && to > from))
    throw new AppError(
      'invalid-argument',
      `${path}: no sound from ${startSeconds} s to ${endSeconds} s, the recording has ${(frames / sampleRateHz).toFixed(3)} s`,
      { hint: 'The file may have changed since it was imported.' },
    )
  return { sound, from, to }
}

/** The span's samples in every channel; shared memory. */
async function readSpan(span: MediaSpan, shelf: SoundShelf) {
  const { sound, from, to } = await openSpan(span, shelf)
  return { sampleRateHz: sound.sampleRateHz, channels: await sound.read(from, to) }
}

async function readResampled(span: MediaSpan, choice: ChannelChoice, rateHz: number | null, shelf: SoundShelf) {
  const { sound, from, to } = await openSpan(span, shelf)
  const { sampleRateHz } = sound
  return withContext(span.path, async () => {
    if (rateHz === null) return { samples: await readMono(sound, from, to, choice), sampleRateHz }
    return { samples: await readMonoAt(sound, from, to, choice, rateHz), sampleRateHz: rateHz }
  })
}

type Heard = Pick<FrontEnd, 'channel' | 'sampleRateHz'>

/** A span as a front end hears it; shared memory where it was at hand. */
async function hear(span: HeardSpan, { channel, sampleRateHz }: Heard, shelf: SoundShelf): Promise<Float32Array> {
  return span.samples ?? (await readResampled(span, channel, sampleRateHz, shelf)).samples
}

/** The other sounds that a draw takes, and the clips that it mixes in, as the front end would hear them. */
async function readOthers(
  { materials = [], partners = [] }: Augmentation,
  heard: Heard,
  shelf: SoundShelf,
): Promise<{ materials: Float32Array[][]; partners: (ChainPartner | null)[] }> {
  const readPartner = async ({ id, className, span, segments = [], ...own }: MediaPartner): Promise<ChainPartner> => ({
    id,
    className,
    sound: { samples: await hear(span, heard, shelf), sampleRateHz: heard.sampleRateHz, segments },
    materials: await readMaterials(own.materials ?? [], heard, shelf),
  })
  return {
    materials: await readMaterials(materials, heard, shelf),
    partners: await inTurn(partners, (partner) => (partner === null ? null : readPartner(partner))),
  }
}

function readMaterials(
  materials: readonly MaterialSpan[][],
  heard: Heard,
  shelf: SoundShelf,
): Promise<Float32Array[][]> {
  return inTurn(materials, (own) =>
    inTurn(own, async (material) => material.samples ?? (await readExcerpt(material, heard, shelf)).samples),
  )
}

/** One after the other, so that a file is not forgotten while another one is read. */
async function inTurn<T, U>(values: readonly T[], read: (value: T) => U | Promise<U>): Promise<U[]> {
  const done: U[] = []
  for (const value of values) done.push(await read(value))
  return done
}

async function readExcerpt(
  { place, ...span }: MaterialSpan,
  { channel, sampleRateHz }: Heard,
  shelf: SoundShelf,
): Promise<{ samples: Float32Array; isWhole: boolean }> {
  const { sound, from, to } = await openSpan(span, shelf)
  const excerpt = excerptOf(place, to - from, sound.sampleRateHz)
  const [start, end] = [from + excerpt.from, from + excerpt.to]
  const samples = await withContext(span.path, () => readMonoAt(sound, start, end, channel, sampleRateHz))
  return { samples, isWhole: excerpt.to - excerpt.from === to - from }
}

/** The DSP throws RangeError and knows no files: here it gets one. */
async function withContext<T>(path: string, compute: () => T | Promise<T>): Promise<T> {
  try {
    return await compute()
  } catch (thrown) {
    if (thrown instanceof RangeError)
      throw new AppError('invalid-argument', `${path}: ${thrown.message}`, { cause: thrown })
    throw thrown
  }
}
