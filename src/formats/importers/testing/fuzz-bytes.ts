import { AppError } from '../../../shared/errors'
import { checkPlan, randomFrom } from './fuzz-importer'
import type { Importer } from '../import-plan'
import { textDataset } from './text-dataset'

/**
 * Feeds an importer with files whose bytes are flipped, cut off, doubled or set to extremes.
 * @throws Error on anything that is not an AppError, or past `limitMs`
 */
export async function fuzzBytes(
  importer: Importer,
  files: Record<string, Uint8Array>,
  sounds: readonly string[],
  { inputs, seed, limitMs }: { inputs: number; seed: number; limitMs: number },
): Promise<void> {
  const random = randomFrom(seed)
  const names = Object.keys(files)
  for (let input = 0; input < inputs; input++) {
    const path = names[Math.floor(random() * names.length)]!
    const startedMs = Date.now()
    const damaged = damage(files[path]!, random)
    try {
      const folder = textDataset({ ...files, [path]: damaged }, sounds)
      checkPlan(await importer.read(folder), folder.listing)
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw new Error(`input ${input} of seed ${seed}, ${path}`, { cause: thrown })
    }
    const tookMs = Date.now() - startedMs
    if (tookMs > limitMs) throw new Error(`input ${input} of seed ${seed} took ${tookMs} ms`)
  }
}

function damage(bytes: Uint8Array, random: () => number): Uint8Array {
  const copy = bytes.slice()
  const place = (): number => Math.floor(random() * copy.length)
  const kind = random()
  if (kind < 0.2) return copy.subarray(0, place())
  if (kind < 0.3) return copy.subarray(place())
  if (kind < 0.4) return Uint8Array.from([...copy.subarray(0, 600), ...copy.subarray(place())])
  for (let times = 1 + Math.floor(random() * 8); times > 0; times--)
    copy[place()] = kind < 0.7 ? Math.floor(random() * 256) : [0, 255, 127, 128][Math.floor(random() * 4)]!
  return copy
}
