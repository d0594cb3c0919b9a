/** Another place behind the same events. */
import type { BackgroundStep } from './chain'
import { activePower, fitNoise, meanSquare } from './noise'
import type { AugmentedSound } from './sound'

/** Samples `from` to `to`, exclusive. */
interface Span {
  from: number
  to: number
}

/** Loudness is told frame by frame of so long. */
const frameSeconds = 0.02
/** Shorter pauses are no background: they belong to what sounds around them. */
const shortestSeconds = 0.1
/** At each border of a replaced part old and new are crossed for so long, inside the part. */
const fadeSeconds = 0.02

export interface SwapSettings {
  quietDb: number
  levelDb: number
  beside: BackgroundStep['beside']
  /** 0 to 1: where in the other background it begins. */
  place: number
}

/**
 * The clip with the parts that no segment covers replaced by the background of another sound, crossed at equal power over
 * 20 ms within each part. Of a clip without segments its quiet parts are replaced: frames of 20 ms that lie `quietDb` under
 * the loudest, for 100 ms or more. What stays is not changed by a bit, so that what is heard under an event stays with it.
 *
 * The other background is the longest quiet part of the other sound, told in the same way, or all of it where none is. Its
 * mean square is `levelDb` over that of what it replaces, or over that of what stays in the frames that are no pauses; where
 * that is silent, as it was recorded. Over ±1 the whole clip is softened.
 *
 * @returns samples, and how many seconds were replaced
 */
export function swapBackground(
  { samples, sampleRateHz, segments }: AugmentedSound,
  other: Float32Array,
  { quietDb, levelDb, beside, place }: SwapSettings,
): { samples: Float32Array; replacedSeconds: number } {
  const covered = segments.map(({ startSeconds, endSeconds }) => ({
    from: Math.round(startSeconds * sampleRateHz),
    to: Math.round(endSeconds * sampleRateHz),
  }))
  const parts = covered.length > 0 ? listGaps(covered, samples.length) : findQuiet(samples, sampleRateHz, quietDb)
  const count = parts.reduce((sum, { from, to }) => sum + to - from, 0)
  if (count === 0 || other.length === 0) return { samples, replacedSeconds: 0 }
  const quiet = findQuiet(other, sampleRateHz, quietDb)
  const longest = quiet.reduce<Span>((best, own) => (own.to - own.from > best.to - best.from ? own : best), {
    from: 0,
    to: 0,
  })
  const whole = longest.to > longest.from ? other.subarray(longest.from, longest.to) : other
  const background = fitNoise(whole, samples.length, sampleRateHz, place)
  const stays = listGaps(parts, samples.length)
  const wanted =
    beside === 'background' ? meanSquare(join(samples, parts)) : activePower(join(samples, stays), sampleRateHz)
  const power = meanSquare(join(background, parts))
  const gain = wanted > 0 && power > 0 ? Math.sqrt((wanted * 10 ** (levelDb / 10)) / power) : 1
  const swapped = samples.slice()
  for (const part of parts) crossIn(swapped, background, gain, part, sampleRateHz)
  const peak = swapped.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0)
  if (peak > 1) for (let n = 0; n < swapped.length; n++) swapped[n] = swapped[n]! / peak
  return { samples: swapped, replacedSeconds: count / sampleRateHz }
}

/** At the ends of the clip nothing is crossed. */
function crossIn(
  target: Float32Array,
  background: Float32Array,
  gain: number,
  { from, to }: Span,
  rateHz: number,
): void {
  const fade = Math.min(Math.round(fadeSeconds * rateHz), (to - from) >> 1)
  for (let n = from; n < to; n++) {
    const sinceStart = from === 0 ? fade : n - from + 0.5
    const untilEnd = to === target.length ? fade : to - n - 0.5
    const share = fade === 0 ? 1 : Math.min(1, sinceStart / fade, untilEnd / fade)
    const angle = (share * Math.PI) / 2
    target[n] =
      share >= 1 ? gain * background[n]! : Math.cos(angle) * target[n]! + Math.sin(angle) * gain * background[n]!
  }
}

/** What lies between spans, and before and after them; the spans may come in any order and over each other. */
function listGaps(spans: readonly Span[], length: number): Span[] {
  const gaps: Span[] = []
  let at = 0
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    if (from > at) gaps.push({ from: at, to: Math.min(from, length) })
    at = Math.max(at, to)
  }
  if (at < length) gaps.push({ from: at, to: length })
  return gaps
}

function findQuiet(samples: Float32Array, sampleRateHz: number, quietDb: number): Span[] {
  const frame = Math.max(1, Math.round(frameSeconds * sampleRateHz))
  const powers: number[] = []
  for (let from = 0; from < samples.length; from += frame) powers.push(meanSquare(samples.subarray(from, from + frame)))
  const loudest = powers.reduce((highest, power) => Math.max(highest, power), 0)
  const spans: Span[] = []
  for (const [index, power] of powers.entries()) {
    // All of silence is as loud as its loudest frame.
    if (loudest === 0 || power > loudest * 10 ** (-quietDb / 10)) continue
    const [from, to] = [index * frame, Math.min(samples.length, (index + 1) * frame)]
    const last = spans.at(-1)
    if (last?.to === from) last.to = to
    else spans.push({ from, to })
  }
  return spans.filter(({ from, to }) => to - from >= shortestSeconds * sampleRateHz)
}

function join(samples: Float32Array, spans: readonly Span[]): Float32Array {
  const joined = new Float32Array(spans.reduce((sum, { from, to }) => sum + to - from, 0))
  let at = 0
  for (const { from, to } of spans) {
    joined.set(samples.subarray(from, to), at)
    at += to - from
  }
  return joined
}
