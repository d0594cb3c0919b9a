import { fileNameOf, isSoundFile } from '../../importers/sound-file'
import type { Dataset } from './dataset'
import { withFile } from './dataset'
import { mutateBytes, rawBytes } from './mutate-bytes'
import { mutateJson, mutateJsonLines } from './mutate-json'
import { mutateNpy, mutateNpz } from './mutate-npz'
import { mutateParquet } from './mutate-parquet'
import { mutateSound } from './mutate-sound'
import { mutateTar } from './mutate-tar'
import { encodeText, mutateText } from './mutate-text'
import { mutateMessage, mutateTfrecord } from './mutate-tfrecord'
import { below, isOneIn, pick, type Random } from './random'

/** Names as file systems allow them and nobody expects them. */
const oddNames = [
  '-rf.wav',
  '__proto__',
  'constructor.wav',
  'a\nb.wav',
  'a\tb.wav',
  'back\\slash.wav',
  ' .wav',
  '.wav',
  'x.WAV',
  'e\u0301.wav',
  'a;b,c.wav',
  '"quoted".wav',
  'x'.repeat(240),
  '\ufffd.wav',
  '0.wav',
  '#NAME?.wav',
]

function mutateListing(dataset: Dataset, random: Random): Dataset {
  const sounds = [...dataset.sounds]
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const at = below(random, sounds.length + 1)
    const own = sounds[at] ?? 'x.wav'
    const name = fileNameOf(own)
    const folder = own.slice(0, own.length - name.length)
    const kind = random()
    if (kind < 0.25) sounds.splice(at, 1)
    else if (kind < 0.5) sounds.push(folder + pick(random, oddNames))
    else if (kind < 0.65) sounds[at] = `${pick(random, oddNames).replace(/\.wav$/, '')}/${own}`
    else if (kind < 0.75) sounds[at] = folder + name.toUpperCase()
    else if (kind < 0.85) sounds.push(`other/${name}`)
    else if (kind < 0.95) sounds[at] = folder + mutateText(name, random).replace(/[/\0]/g, '_').slice(0, 200)
    else sounds.length = 0
  }
  // A system knows no empty names, and none that climb.
  return {
    ...dataset,
    sounds: sounds.filter((path) => path.split('/').every((part) => !['', '.', '..'].includes(part))),
  }
}

/** A file with another damage for each kind of file. */
async function mutateFile(path: string, bytes: Uint8Array, random: Random): Promise<Uint8Array> {
  if (/\.tar$/i.test(path)) return mutateTar(bytes, random, mutatePlain)
  if (/\.npz$/i.test(path)) return mutateNpz(bytes, random)
  if (/\.parquet$/i.test(path)) return mutateParquet(bytes, random)
  return mutatePlain(path, bytes, random)
}

function mutatePlain(path: string, bytes: Uint8Array, random: Random): Uint8Array {
  if (/\.npy$/i.test(path)) return mutateNpy(bytes, random)
  if (/\.tfrecords?$/i.test(path)) return mutateTfrecord(bytes, random)
  if (/\.pb$/i.test(path)) return mutateMessage(bytes, random)
  if (isSoundFile(path)) return mutateSound(bytes, random)
  const text = new TextDecoder().decode(bytes)
  const isJson = /^\s*[[{]/.test(text)
  if (!isJson) return encodeText(mutateText(text, random), random)
  const isLines = /\}\s*\n\s*\{/.test(text)
  return encodeText(isLines ? mutateJsonLines(text, random) : mutateJson(text, random), random)
}

/** What is read in 2 s and 256 MiB must be small: damage that is doubled again and again is cut here. */
const mostBytes = 4 << 20

/** One damaged dataset: one or two of its files, or the names in it; one in ten with bytes that are nothing at all. */
export async function mutateDataset(
  dataset: Dataset,
  random: Random,
): Promise<{ dataset: Dataset; path: string | null }> {
  const paths = [...dataset.files.keys()]
  if (paths.length === 0 || (dataset.sounds.length > 0 && isOneIn(random, 12)))
    return { dataset: mutateListing(dataset, random), path: null }
  const path = pick(random, paths)
  const bytes = dataset.files.get(path)!
  const damaged = isOneIn(random, 10)
    ? rawBytes(bytes, random)
    : isOneIn(random, 10)
      ? mutateBytes(bytes, random)
      : await mutateFile(path, bytes, random)
  const single = withFile(dataset, path, damaged.subarray(0, mostBytes))
  if (paths.length > 1 && isOneIn(random, 8))
    return { dataset: (await mutateDataset(single, random)).dataset, path: null }
  return { dataset: single, path }
}
