/** Tones and what became of them: by least squares, for the tests of stretch and pitch and for what docs/signal.md says. */
import reference from '../../src/dsp/reference/stretch.json'

const { sampleRateHz, samples: length, edgeSamples, tones } = reference

export interface Tone {
  hz: number
  partials: number
}

/** A tone of scripts/make-stretch-reference.py by its name. */
export const toneOf = (name: string): Tone => tones[name as keyof typeof tones]

/** Partials that fall as 1/k, at phases that are not each other's; as long and at the rate that the reference has. */
export function makeTone({ hz, partials }: Tone): Float32Array {
  return Float32Array.from({ length }, (_, n) => {
    let sum = 0
    for (let k = 1; k <= partials; k++) sum += (0.3 / k) * Math.sin((2 * Math.PI * k * hz * n) / sampleRateHz + k * k)
    return sum
  })
}

/** Without the ends, where a frame hears silence. */
export const inside = (heard: Float32Array): Float32Array => heard.subarray(edgeSamples, heard.length - edgeSamples)

export interface Fit {
  /** Power of the partials over that of all else. */
  cleanDb: number
  /** Of the first partial at the first sample. */
  angle: number
}

/** Partials by least squares, as the script has them. */
export function fitPartials(heard: Float32Array, { hz, partials }: Tone): Fit {
  const rows: number[][] = []
  const columns = 2 * partials
  const normal = Array.from({ length: columns }, () => new Float64Array(columns + 1))
  for (let n = 0; n < heard.length; n++) {
    const row: number[] = []
    for (let k = 1; k <= partials; k++) {
      const angle = (2 * Math.PI * k * hz * n) / sampleRateHz
      row.push(Math.cos(angle), Math.sin(angle))
    }
    rows.push(row)
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) normal[i]![j]! += row[i]! * row[j]!
      normal[i]![columns]! += row[i]! * heard[n]!
    }
  }
  for (let i = 0; i < columns; i++)
    for (let other = 0; other < columns; other++) {
      if (other === i) continue
      const factor = normal[other]![i]! / normal[i]![i]!
      for (let j = i; j <= columns; j++) normal[other]![j]! -= factor * normal[i]![j]!
    }
  const weights = normal.map((row, i) => row[columns]! / row[i]!)
  let [fitted, rest] = [0, 0]
  for (const [n, row] of rows.entries()) {
    const value = row.reduce((sum, own, i) => sum + own * weights[i]!, 0)
    fitted += value * value
    rest += (heard[n]! - value) ** 2
  }
  return { cleanDb: 10 * Math.log10(fitted / rest), angle: Math.atan2(-weights[1]!, weights[0]!) }
}

/** How far the first partial lies from where it should, from how its angle runs over the sound. */
export function centsOff(heard: Float32Array, tone: Tone): number {
  const part = 8192
  const early = fitPartials(heard.subarray(0, part), tone).angle
  const late = fitPartials(heard.subarray(part, 2 * part), tone).angle
  const cycles = (late - early) / (2 * Math.PI) - (tone.hz * part) / sampleRateHz
  const offHz = ((cycles - Math.round(cycles)) * sampleRateHz) / part
  return 1200 * Math.log2(1 + offHz / tone.hz)
}
