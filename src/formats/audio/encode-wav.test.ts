import { describe, expect, it } from 'vitest'
import { decodeAudio } from './decode-audio'
import { encodeWav, makeWavHeader } from './encode-wav'
import { locateWav } from './wav'

describe('encodeWav', () => {
  it('brings 16-bit samples back exactly', async () => {
    const left = Float32Array.from({ length: 300 }, (_, i) => ((i * 217) % 65536) / 32768 - 1)
    const right = left.map((value) => -value).map((value) => Math.min(value, 32767 / 32768))
    const decoded = await decodeAudio(encodeWav([left, right], 22050), 'round.wav')
    expect(decoded).toMatchObject({ sampleRateHz: 22050, bitDepth: 16, format: 'wav', warning: null })
    expect(decoded.channels).toEqual([left, right])
  })

  it('clips instead of wrapping around', async () => {
    const { channels } = await decodeAudio(encodeWav([Float32Array.of(1.5, -1.5, 1, -1)], 8000), 'loud.wav')
    expect(Array.from(channels[0]!)).toEqual([32767 / 32768, -1, 32767 / 32768, -1])
  })

  it('has a header that can be sent alone', () => {
    const header = makeWavHeader({ sampleRateHz: 44100, channelCount: 2, frames: 1000, encoding: 'wav16' })
    expect(header).toHaveLength(44)
    expect(encodeWav([new Float32Array(1000), new Float32Array(1000)], 44100).subarray(0, 44)).toEqual(header)
  })

  it.each(['wav24', 'wav-float'] as const)('brings samples of %s back exactly', async (encoding) => {
    const samples = Float32Array.from({ length: 301 }, (_, i) => Math.round(Math.sin(i * i) * 8388607) / 8388608)
    const file = encodeWav([samples], 96000, encoding)
    expect(file.length % 2).toBe(0)
    const decoded = await decodeAudio(file, 'deep.wav')
    expect(decoded.channels).toEqual([samples])
    expect(decoded.bitDepth).toBe(encoding === 'wav24' ? 24 : 32)
  })

  it('refuses what no WAV file can hold', () => {
    expect(() => encodeWav([], 8000)).toThrow(RangeError)
    expect(() => encodeWav([new Float32Array(2), new Float32Array(3)], 8000)).toThrow(/one length/)
  })

  it('becomes RF64 beyond 4 GiB, and is read as such', () => {
    const shape = { sampleRateHz: 96000, channelCount: 2, frames: 2 ** 30 + 5, encoding: 'wav24' } as const
    const header = makeWavHeader(shape)
    const size = header.length + 6 * shape.frames
    // Only the header can be held in memory; what is behind it is zeros.
    const read = (at: number, length: number) =>
      Uint8Array.from({ length: Math.min(length, Math.max(0, size - at)) }, (_, i) => header[at + i] ?? 0)
    expect(locateWav({ size, read }, 'long.wav')).toMatchObject({
      frames: shape.frames,
      declaredFrames: shape.frames,
      dataAt: 80,
      sampleBytes: 3,
      sampleRateHz: 96000,
    })
  })
})
