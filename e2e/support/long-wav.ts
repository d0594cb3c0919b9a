import { closeSync, openSync, writeSync } from 'node:fs'

export interface LongWav {
  seconds: number
  sampleRateHz: number
  channelCount: number
  /** One sample of full scale at each of these moments. */
  clickSeconds: number[]
}

/** Writes a long 16-bit WAV file of faint noise with clicks, block by block. Under 4 GiB. */
export function writeLongWav(path: string, { seconds, sampleRateHz, channelCount, clickSeconds }: LongWav): void {
  const frames = Math.round(seconds * sampleRateHz)
  const frameBytes = 2 * channelCount
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + frames * frameBytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channelCount, 22)
  header.writeUInt32LE(sampleRateHz, 24)
  header.writeUInt32LE(sampleRateHz * frameBytes, 28)
  header.writeUInt16LE(frameBytes, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(frames * frameBytes, 40)
  // A minute of noise that repeats, with a tone that fades in and out.
  const blockFrames = 60 * sampleRateHz
  const block = new Int16Array(blockFrames * channelCount)
  let state = 1
  for (let i = 0; i < block.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const at = Math.floor(i / channelCount) / sampleRateHz
    const tone = Math.max(0, Math.sin((2 * Math.PI * at) / 20)) * Math.sin(2 * Math.PI * (500 + 20 * at) * at)
    block[i] = Math.round((state / 2 ** 32 - 0.5) * 40 + 1500 * tone)
  }
  const clicks = clickSeconds.map((at) => Math.round(at * sampleRateHz))
  const file = openSync(path, 'w')
  try {
    writeSync(file, header)
    for (let from = 0; from < frames; from += blockFrames) {
      const count = Math.min(blockFrames, frames - from)
      const here = clicks.filter((at) => at >= from && at < from + count)
      const piece = here.length > 0 ? block.slice() : block
      for (const at of here) piece.fill(32_767, (at - from) * channelCount, (at - from + 1) * channelCount)
      writeSync(file, Buffer.from(piece.buffer, 0, count * frameBytes))
    }
  } finally {
    closeSync(file)
  }
}
