import { Random } from '../../../dsp/random'
import { addRoom, fadeEnds, filter, makeNoise, mixInto, rootMeanSquare, scaleToPeak, toSamples } from './signal'
import { barkDog, chirpBird, fallRain, runEngine, singCrickets, tollBell, type Voice } from './voices'

/** The sample catalog's classes, with ESC-50's names and numbers, so that real recordings can join them. */
export const sampleClasses: readonly { name: string; target: number; voice: Voice }[] = [
  { name: 'dog', target: 0, voice: barkDog },
  { name: 'rain', target: 10, voice: fallRain },
  { name: 'crickets', target: 13, voice: singCrickets },
  { name: 'chirping_birds', target: 14, voice: chirpBird },
  { name: 'engine', target: 44, voice: runEngine },
  { name: 'church_bells', target: 46, voice: tollBell },
]

const folds = 5
const clipsPerClassAndFold = 2

export interface SampleClip {
  /** `{fold}-{id}-{take}-{target}.wav`, as in ESC-50. */
  filename: string
  fold: number
  target: number
  category: string
  /** Which thing sounds: two takes of one dog share it. */
  sourceId: number
  take: string
}

/**
 * The clips of the sample catalog: two a class and fold. In odd folds both are takes of one source, so that
 * groups mean something; in even folds each has its own.
 */
export function listSampleClips(): SampleClip[] {
  const clips: SampleClip[] = []
  let sourceId = 1000
  for (const { name, target } of sampleClasses) {
    for (let fold = 1; fold <= folds; fold++) {
      for (let number = 0; number < clipsPerClassAndFold; number++) {
        const isSecondTake = number > 0 && fold % 2 === 1
        if (!isSecondTake) sourceId++
        const take = isSecondTake ? 'B' : 'A'
        const filename = `${fold}-${sourceId}-${take}-${target}.wav`
        clips.push({ filename, fold, target, category: name, sourceId, take })
      }
    }
  }
  return clips
}

/**
 * Synthesises one clip of 2 to 4 s: its voice, in three of ten a faint other one behind it, background noise
 * and a room. The same seed and clip give the same samples.
 */
export function synthesiseClip(seed: number, clip: SampleClip): Float32Array {
  const source = new Random(seed, `source ${clip.sourceId}`)
  const take = new Random(seed, `take ${clip.filename}`)
  const samples = toSamples(Math.round(take.uniform(2, 4) * 20) / 20)
  const own = sampleClasses.find(({ target }) => target === clip.target)!
  const signal = toLoudness(own.voice(source, take.stream('voice'), samples), 1)

  if (take.uniform() < 0.3) {
    const others = sampleClasses.filter((other) => other !== own)
    const { voice } = others[take.integer(others.length)]!
    const distant = filter(voice(take.stream('other source'), take.stream('other take'), samples), 'lowpass', 3500)
    mixInto(signal, toLoudness(distant, 1), 0, take.uniform(0.05, 0.18))
  }
  const colour = filter(makeNoise(take.stream('background'), samples), 'lowpass', take.uniform(300, 4000), 0.5)
  mixInto(signal, toLoudness(colour, 1), 0, 10 ** (-take.uniform(16, 38) / 20))
  const room = addRoom(signal, take.stream('room'), take.uniform(), take.uniform(0.05, 0.5))
  return fadeEnds(scaleToPeak(room, 10 ** (-take.uniform(1, 14) / 20)))
}

/** Scales to a root mean square; silence stays silence. */
function toLoudness(signal: Float32Array, target: number): Float32Array {
  const found = rootMeanSquare(signal)
  return found === 0 ? signal : signal.map((value) => (value * target) / found)
}

/** `meta/esc50.csv` of the sample clips, in ESC-50's columns; none of them is one of ESC-10's recordings. */
export function writeSampleMeta(clips: readonly SampleClip[]): string {
  const rows = clips
    .toSorted((a, b) => (a.filename < b.filename ? -1 : 1))
    .map((clip) =>
      [clip.filename, clip.fold, clip.target, clip.category, 'False', clip.sourceId, clip.take].join(',').concat('\n'),
    )
  return `filename,fold,target,category,esc10,src_file,take\n${rows.join('')}`
}
