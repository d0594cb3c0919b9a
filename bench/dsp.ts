/**
 * How fast is the DSP? Each measure is held against a reference in the same run, so that the ratio means something on
 * any machine: `npm run bench -- dsp [FOLDER OF SOUND FILES]`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { computeDelta } from '../src/dsp/delta'
import { computeFrontEnd } from '../src/dsp/features'
import { RealFft } from '../src/dsp/fft'
import { melFilterBank } from '../src/dsp/mel'
import { computeMfcc } from '../src/dsp/mfcc'
import { mixDown } from '../src/dsp/mixdown'
import { logmelFrontEnd, mfccFrontEnd } from '../src/dsp/presets'
import { referenceNoise } from '../src/dsp/reference-signals'
import { resample } from '../src/dsp/resample'
import { decodeAudio } from '../src/formats/audio/decode-audio'

const seconds = 10
const rate = logmelFrontEnd.sampleRateHz

/** Milliseconds of the quickest call after warming up: the one that other programs disturbed least. */
function measure(run: () => unknown, rounds = 40): number {
  for (let i = 0; i < 5; i++) run()
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return Math.min(...times)
}

/** The textbook's complex radix-2 FFT (Cooley–Tukey, decimation in time), tables made outside. */
function textbookFft(re: Float64Array, im: Float64Array, cos: Float64Array, sin: Float64Array): void {
  const n = re.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[re[i], re[j]] = [re[j]!, re[i]!]
      ;[im[i], im[j]] = [im[j]!, im[i]!]
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2
    for (let block = 0; block < n; block += size) {
      for (let k = 0; k < half; k++) {
        const c = cos[(k * n) / size]!
        const s = sin[(k * n) / size]!
        const a = block + k
        const b = a + half
        const tr = re[b]! * c + im[b]! * s
        const ti = im[b]! * c - re[b]! * s
        re[b] = re[a]! - tr
        im[b] = im[a]! - ti
        re[a] = re[a]! + tr
        im[a] = im[a]! + ti
      }
    }
  }
}

/** Log-mel as a textbook has it: complex FFT of the padded signal, the filter bank as a full matrix. */
function textbookLogmel(samples: Float32Array): Float32Array {
  const { fftSamples: n, hopSamples: hop } = logmelFrontEnd
  const { bands } = logmelFrontEnd
  const { firstBins, offsets, weights } = melFilterBank(bands, rate, n)
  const matrix = Array.from(firstBins, (first, band) => {
    const row = new Float64Array(n / 2 + 1)
    row.set(weights.subarray(offsets[band], offsets[band + 1]), first)
    return row
  })
  const cos = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n))
  const sin = Float64Array.from({ length: n }, (_, k) => Math.sin((2 * Math.PI * k) / n))
  const padded = new Float32Array(samples.length + n)
  padded.set(samples, n / 2)
  const frames = 1 + Math.floor(samples.length / hop)
  const output = new Float32Array(frames * bands.count)
  for (let t = 0; t < frames; t++) {
    const re = Float64Array.from({ length: n }, (_, i) => padded[t * hop + i]! * (0.5 - 0.5 * cos[i]!))
    const im = new Float64Array(n)
    textbookFft(re, im, cos, sin)
    matrix.forEach((row, band) => {
      let sum = 0
      for (let k = 0; k <= n / 2; k++) sum += row[k]! * (re[k]! ** 2 + im[k]! ** 2)
      output[t * bands.count + band] = 10 * Math.log10(Math.max(1e-10, sum))
    })
  }
  const floor = output.reduce((a, b) => Math.max(a, b)) - 80
  return output.map((value) => Math.max(value, floor))
}

export async function main(args: string[] = []): Promise<void> {
  const noise = referenceNoise(seconds * rate)
  const ours = computeFrontEnd(noise, logmelFrontEnd).values
  const textbook = textbookLogmel(noise)
  const difference = ours.reduce((worst, value, i) => Math.max(worst, Math.abs(value - textbook[i]!)), 0)
  if (!(difference < 1e-3)) throw new Error(`the two log-mels differ by ${difference} dB: nothing to compare`)

  const oursMs = measure(() => computeFrontEnd(noise, logmelFrontEnd))
  const textbookMs = measure(() => textbookLogmel(noise))
  console.log(`log-mel of ${seconds} s at ${rate} Hz (largest difference ${difference.toExponential(1)} dB)`)
  console.log(`  src/dsp            ${oursMs.toFixed(2)} ms   ${Math.round((seconds * 1000) / oursMs)} × real time`)
  console.log(`  textbook STFT      ${textbookMs.toFixed(2)} ms   ratio ${(textbookMs / oursMs).toFixed(2)}`)

  for (const size of [1024, 2048]) {
    const fft = new RealFft(size)
    const cos = Float64Array.from({ length: size }, (_, k) => Math.cos((2 * Math.PI * k) / size))
    const sin = Float64Array.from({ length: size }, (_, k) => Math.sin((2 * Math.PI * k) / size))
    const im = new Float64Array(size)
    const re = new Float64Array(size)
    const signal = Float64Array.from(noise.subarray(0, size))
    const calls = 1000
    const oursUs = measure(() => {
      for (let i = 0; i < calls; i++) {
        fft.input.set(signal)
        fft.transform()
      }
    })
    const textbookUs = measure(() => {
      for (let i = 0; i < calls; i++) {
        re.set(signal)
        im.fill(0)
        textbookFft(re, im, cos, sin)
      }
    })
    const ratio = (textbookUs / oursUs).toFixed(2)
    console.log(`real FFT of ${size}: ${oursUs.toFixed(2)} µs, textbook ${textbookUs.toFixed(2)} µs, ratio ${ratio}`)
  }

  const mfccMs = measure(() => {
    const coefficients = computeMfcc(computeFrontEnd(noise, mfccFrontEnd), 20)
    computeDelta(coefficients, 20)
  })
  console.log(
    `20 MFCC and deltas of ${seconds} s: ${mfccMs.toFixed(2)} ms, ${(mfccMs / oursMs).toFixed(2)} of a log-mel`,
  )
  for (const from of [44100, 48000, 16000]) {
    const signal = referenceNoise(seconds * from)
    const ms = measure(() => resample(signal, from, rate), 10)
    console.log(`resample ${seconds} s ${from} → ${rate}: ${ms.toFixed(1)} ms, ${(ms / oursMs).toFixed(1)} log-mels`)
  }
  if (args[0]) await measureFiles(args[0])
}

async function measureFiles(folder: string): Promise<void> {
  const totals = { decode: 0, resample: 0, logmel: 0, audio: 0 }
  const names = readdirSync(folder)
  for (const name of names) {
    const bytes = readFileSync(join(folder, name))
    const start = performance.now()
    const { channels, sampleRateHz, durationSeconds } = await decodeAudio(bytes, name)
    const decoded = performance.now()
    const samples = resample(mixDown(channels, 'mean'), sampleRateHz, rate)
    const resampled = performance.now()
    computeFrontEnd(samples, logmelFrontEnd)
    totals.decode += decoded - start
    totals.resample += resampled - decoded
    totals.logmel += performance.now() - resampled
    totals.audio += durationSeconds
  }
  console.log(`${names.length} files, ${totals.audio.toFixed(0)} s of sound, one thread; milliseconds a file:`)
  for (const step of ['decode', 'resample', 'logmel'] as const) {
    const speed = Math.round((1000 * totals.audio) / totals[step])
    console.log(`  ${step.padEnd(9)}${(totals[step] / names.length).toFixed(2)}   ${speed} × real time`)
  }
}
