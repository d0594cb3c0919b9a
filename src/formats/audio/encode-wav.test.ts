import { describe, expect, it } from 'vitest'
import { decodeAudio } from './decode-audio'
import { encodeWav, makeWavHeader, wavHeaderBytes } from './encode-wav'

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
    const header = makeWavHeader(44100, 2, 1000)
    expect(header).toHaveLength(wavHeaderBytes)
    expect(encodeWav([new Float32Array(1000), new Float32Array(1000)], 44100).subarray(0, wavHeaderBytes)).toEqual(
      header,
    )
  })

  it('refuses what no WAV file can hold', () => {
    expect(() => encodeWav([], 8000)).toThrow(RangeError)
    expect(() => encodeWav([new Float32Array(2), new Float32Array(3)], 8000)).toThrow(/one length/)
    expect(() => makeWavHeader(44100, 2, 2 ** 31)).toThrow(/do not fit/)
  })
})
