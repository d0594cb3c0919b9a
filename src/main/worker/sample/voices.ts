/**
 * Six sounds that a person and a classifier can tell apart. Each takes two random streams: `source` decides
 * what belongs to the thing that sounds (this bell, this dog), `take` what differs from one recording of it
 * to the next.
 */
import type { Random } from '../../../dsp/random'
import { bump, filter, glideTone, makeNoise, mixInto, rootMeanSquare, sampleRateHz, toSamples } from './signal'

export type Voice = (source: Random, take: Random, samples: number) => Float32Array

/** Phrases of short frequency sweeps with a weak second harmonic. */
export const chirpBird: Voice = (source, take, samples) => {
  const out = new Float32Array(samples)
  const baseHz = source.uniform(2200, 4600)
  const sweepOctaves = source.uniform(0.25, 0.9) * (source.uniform() < 0.5 ? -1 : 1)
  const chirpSeconds = source.uniform(0.05, 0.16)
  const archOctaves = source.uniform() < 0.5 ? source.uniform(-0.5, 0.7) : 0
  const warbleHz = source.uniform() < 0.4 ? source.uniform(25, 60) : 0
  const harmonics = [1, source.uniform(0.05, 0.3), source.uniform(0, 0.1)]
  let t = take.uniform(0.05, 0.5)
  while (t < samples / sampleRateHz) {
    const chirps = 3 + take.integer(5)
    const phraseHz = baseHz * 2 ** take.uniform(-0.15, 0.15)
    for (let chirp = 0; chirp < chirps; chirp++) {
      const seconds = chirpSeconds * take.uniform(0.8, 1.25)
      const startHz = phraseHz * 2 ** take.uniform(-0.06, 0.06)
      const tone = glideTone(
        seconds,
        (at) => {
          const arch = archOctaves * Math.sin((Math.PI * at) / seconds)
          return startHz * 2 ** ((sweepOctaves * at) / seconds + arch + 0.08 * Math.sin(2 * Math.PI * warbleHz * at))
        },
        (at) => bump(at, seconds),
        harmonics,
      )
      mixInto(out, tone, toSamples(t), take.uniform(0.6, 1))
      t += seconds + take.uniform(0.02, 0.09)
    }
    t += take.uniform(0.2, 0.7)
  }
  return out
}

/** Broad noise that swells slowly, with single drops that ring. */
export const fallRain: Voice = (source, take, samples) => {
  const toneHz = source.uniform(1200, 5000)
  const dropsPerSecond = source.uniform(15, 120)
  const swellHz = take.uniform(0.1, 0.5)
  const swellPhase = take.uniform(0, 2 * Math.PI)
  const hiss = filter(filter(makeNoise(take, samples), 'highpass', 350), 'lowpass', toneHz * 1.6, 0.5)
  const out = hiss.map((value, n) => {
    const swell = Math.sin((2 * Math.PI * swellHz * n) / sampleRateHz + swellPhase)
    return value * 0.25 * (1 + 0.3 * swell)
  })
  const drops = Math.round((dropsPerSecond * samples) / sampleRateHz)
  for (let drop = 0; drop < drops; drop++) {
    const pitchHz = toneHz * 2 ** take.uniform(-1, 1)
    const decaySeconds = take.uniform(0.002, 0.012)
    const ring = glideTone(
      decaySeconds * 5,
      () => pitchHz,
      (at) => Math.exp(-at / decaySeconds),
      [1],
    )
    mixInto(out, ring, take.integer(samples), take.uniform(0.1, 1) ** 2)
  }
  return out
}

/** Partials of a church bell by their ratio to the prime (hum, prime, tierce, quint, nominal, …) with level and ring. */
const bellPartials: readonly [number, number, number][] = [
  [0.5, 0.5, 3.2],
  [1, 0.8, 2.2],
  [1.19, 0.9, 1.6],
  [1.5, 0.35, 1.1],
  [2, 1, 1.2],
  [2.52, 0.4, 0.7],
  [2.66, 0.35, 0.6],
  [3.01, 0.5, 0.6],
  [4.17, 0.4, 0.4],
  [5.43, 0.3, 0.28],
  [6.8, 0.2, 0.2],
]

/** Strokes whose partials decay each in its own time and beat, because no bell is quite round. */
export const tollBell: Voice = (source, take, samples) => {
  const out = new Float32Array(samples)
  const primeHz = source.uniform(190, 620)
  const partials = bellPartials.map(([ratio, level, ringSeconds]) => ({
    hz: primeHz * ratio * 2 ** source.uniform(-0.02, 0.02),
    beatHz: source.uniform(0.4, 3),
    level: level * source.uniform(0.5, 1.3),
    ringSeconds: ringSeconds * source.uniform(0.7, 1.3),
  }))
  const intervalSeconds = source.uniform(0.8, 1.9)
  const seconds = samples / sampleRateHz
  for (let t = take.uniform(0.05, 0.5); t < seconds - 0.2; t += intervalSeconds * take.uniform(0.93, 1.07)) {
    const force = take.uniform(0.6, 1)
    for (const { hz, beatHz, level, ringSeconds } of partials) {
      const tone = glideTone(
        // Ten times its ring a partial is below −80 dB.
        Math.min(seconds - t, 10 * ringSeconds),
        () => hz,
        (at) =>
          Math.min(1, at / 0.002) * Math.exp(-at / ringSeconds) * (1 + 0.35 * Math.cos(2 * Math.PI * beatHz * at)),
        [1],
      )
      // A harder stroke wakes the higher partials.
      mixInto(out, tone, toSamples(t), level * force ** (1 + hz / 2000))
    }
    const clapper = filter(makeNoise(take, toSamples(0.03)), 'bandpass', primeHz * 6, 1)
    mixInto(
      out,
      clapper.map((value, n) => value * Math.exp(-n / toSamples(0.006))),
      toSamples(t),
      1.2 * force,
    )
  }
  return out
}

/** Cylinders that fire with jitter, uneven among themselves, through the body's resonances. */
export const runEngine: Voice = (source, take, samples) => {
  const idleHz = source.uniform(22, 70)
  const cylinders = [2, 3, 4, 6][source.integer(4)]!
  const strengths = Array.from({ length: cylinders }, () => source.uniform(0.6, 1))
  const bodyHz = [source.uniform(90, 180), source.uniform(250, 600), source.uniform(900, 1800)]
  const revs = take.uniform() < 0.4 ? take.uniform(0.2, 0.7) : take.uniform(0, 0.08)
  const revHz = take.uniform(0.2, 0.6)
  const pulses = new Float32Array(samples)
  const hiss = makeNoise(take, samples)
  let next = 0
  for (let fired = 0; next < samples; fired++) {
    const rate = idleHz * (1 + revs * Math.sin((2 * Math.PI * revHz * next) / sampleRateHz) ** 2)
    const strength = strengths[fired % cylinders]! * take.uniform(0.85, 1)
    const length = Math.min(toSamples(0.012), samples - Math.floor(next))
    for (let n = 0; n < length; n++) {
      const decay = Math.exp(-n / toSamples(0.0025))
      const at = Math.floor(next) + n
      pulses[at] = pulses[at]! + strength * decay * (1 + 0.5 * hiss[at]!)
    }
    next += (sampleRateHz / rate) * (1 + take.normal(0, 0.015))
  }
  const out = filter(pulses, 'lowpass', 220)
  const [low, middle, high] = bodyHz as [number, number, number]
  mixInto(out, filter(pulses, 'bandpass', low, 2), 0, 1.2)
  mixInto(out, filter(pulses, 'bandpass', middle, 2), 0, 0.9)
  mixInto(out, filter(pulses, 'bandpass', high, 1.2), 0, 0.6)
  return filter(out, 'highpass', 30)
}

/** A few insects, each pulsing its own high tone: chirps of some pulses, or one long trill. */
export const singCrickets: Voice = (source, take, samples) => {
  const out = new Float32Array(samples)
  const insects = 1 + source.integer(3)
  for (let insect = 0; insect < insects; insect++) {
    const toneHz = source.uniform(3600, 5800)
    const pulseHz = source.uniform(17, 42)
    const pulsesPerChirp = source.uniform() < 0.3 ? 1000 : 3 + source.integer(4)
    const pauseSeconds = source.uniform(0.15, 0.6)
    const driftHz = take.uniform(-120, 120)
    const pulseSeconds = source.uniform(0.5, 0.75) / pulseHz
    const level = insect === 0 ? 1 : source.uniform(0.2, 0.7)
    let t = take.uniform(0, 0.3)
    while (t < samples / sampleRateHz) {
      const startHz = toneHz + driftHz * t + take.uniform(-60, 60)
      for (let pulse = 0; pulse < pulsesPerChirp && t < samples / sampleRateHz; pulse++) {
        const tone = glideTone(
          pulseSeconds,
          (at) => startHz * (1 - 0.04 * (at / pulseSeconds)),
          (at) => bump(at, pulseSeconds, 0.4),
          [1, 0.12],
        )
        mixInto(out, tone, toSamples(t), level * take.uniform(0.85, 1))
        t += 1 / pulseHz
      }
      t += pauseSeconds * take.uniform(0.85, 1.15)
    }
  }
  return out
}

/** Bursts of a falling voice through a throat's formants, with breath at the onset. */
export const barkDog: Voice = (source, take, samples) => {
  const out = new Float32Array(samples)
  const size = source.uniform(0.7, 1.5) // of the dog: small is high and quick
  const voiceHz = 480 / size
  const formants = [650 / size ** 0.6, 1250 / size ** 0.6, 2700 / size ** 0.4]
  const harmonics = Array.from({ length: 16 }, (_, k) => 1 / (k + 1) ** 0.7)
  let t = take.uniform(0.05, 0.6)
  while (t < samples / sampleRateHz - 0.1) {
    const seconds = 0.16 * size ** 0.5 * take.uniform(0.75, 1.4)
    const startHz = voiceHz * take.uniform(0.9, 1.15)
    const roughHz = take.uniform(60, 110)
    const voice = glideTone(
      seconds,
      (at) => startHz * (1 + 0.35 * bump(at, seconds, 0.25) - (0.3 * at) / seconds),
      (at) => bump(at, seconds, 0.15) * (1 + 0.4 * Math.sin(2 * Math.PI * roughHz * at)),
      harmonics,
    )
    const breath = makeNoise(take, voice.length).map((value, n) => value * bump(n / sampleRateHz, seconds, 0.08))
    mixInto(voice, breath, 0, 0.35)
    const bark = new Float32Array(voice.length)
    for (const [index, hz] of formants.entries())
      mixInto(bark, filter(voice, 'bandpass', hz, 2.5), 0, [1, 0.9, 0.4][index]!)
    mixInto(out, bark, toSamples(t), take.uniform(0.7, 1) / (rootMeanSquare(bark) * 4))
    const isPair = take.uniform() < 0.35
    t += seconds + (isPair ? take.uniform(0.06, 0.14) : take.uniform(0.3, 0.8))
  }
  return out
}
