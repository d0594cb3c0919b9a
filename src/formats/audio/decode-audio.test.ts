import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors'
import { decodeAudio } from './decode-audio'

const folder = join(import.meta.dirname, 'fixtures')
const fixture = (name: string) => new Uint8Array(readFileSync(join(folder, name)))
const decodeFixture = (name: string) => decodeAudio(fixture(name), name)

/** The lossy fixtures were encoded from this: 0.5 s at 22050 Hz, two tones. */
const originalTones = Float32Array.from({ length: 11025 }, (_, n) => {
  const angle = (2 * Math.PI * n) / 22050
  return 0.9 * (0.5 * Math.sin(440 * angle) + 0.25 * Math.sin(3000 * angle))
})

function signalToNoiseDb(actual: Float32Array, expected: Float32Array): number {
  let signal = 0
  let noise = 0
  // The ends of a lossy file ring.
  for (let i = 1500; i < expected.length - 1500; i++) {
    signal += expected[i]! ** 2
    noise += (actual[i]! - expected[i]!) ** 2
  }
  return 10 * Math.log10(signal / noise)
}

async function failureOf(bytes: Uint8Array, name: string): Promise<AppError> {
  const thrown: unknown = await decodeAudio(bytes, name).then(
    () => null,
    (error: unknown) => error,
  )
  if (!(thrown instanceof AppError)) throw new Error(`no AppError for ${name} but ${String(thrown)}`)
  expect(thrown.code).toBe('bad-file')
  expect(thrown.message.startsWith(`${name}: `)).toBe(true)
  return thrown
}

describe('lossless formats', () => {
  it('reads 16-bit PCM with the scale 2^15: full scale included', async () => {
    const { channels, ...rest } = await decodeFixture('s16.wav')
    expect(rest).toEqual({ sampleRateHz: 8000, format: 'wav', bitDepth: 16, durationSeconds: 0.1, warning: null })
    expect(channels.map((samples) => samples.length)).toEqual([800, 800])
    expect([channels[0]![10], channels[1]![10]]).toEqual([32767 / 32768, -1])
    for (const value of channels[1]!) expect(Number.isInteger(value * 32768)).toBe(true)
  })

  it.each([
    ['s24-extensible.wav', 24],
    ['s32.wav', 32],
    ['f32.wav', 32],
    ['f64.wav', 64],
    ['rf64.wav', 16],
    ['s16.w64', 16],
    ['f32.w64', 32],
    ['s16.aiff', 16],
    ['s24.aiff', 24],
    ['sowt.aifc', 16],
    ['s16.flac', 16],
    ['s16-flac.oga', 16],
  ])('%s holds the very same samples', async (name, bitDepth) => {
    const expected = await decodeFixture('s16.wav')
    const actual = await decodeFixture(name)
    expect(actual.channels).toEqual(expected.channels)
    expect(actual).toMatchObject({ sampleRateHz: 8000, bitDepth, warning: null })
  })

  it('reads 24-bit FLAC as the WAV it decodes to elsewhere', async () => {
    expect((await decodeFixture('s24.flac')).channels).toEqual((await decodeFixture('s24-quieter.wav')).channels)
  })

  it.each(['u8.wav', 's8.aiff'])('%s is within one step of 8 bits', async (name) => {
    const expected = (await decodeFixture('s16.wav')).channels
    const { channels, bitDepth } = await decodeFixture(name)
    expect(bitDepth).toBe(8)
    channels.forEach((samples, c) => {
      samples.forEach((value, i) => expect(Math.abs(value - expected[c]![i]!)).toBeLessThanOrEqual(1 / 128))
    })
  })

  it('passes over odd chunks before and after the data', async () => {
    const plain = fixture('s16.wav')
    const dataAt = Buffer.from(plain).indexOf('data')
    const odd = Buffer.concat([
      plain.subarray(0, 36),
      Buffer.from('junk\x03\x00\x00\x00abc\x00', 'latin1'),
      plain.subarray(dataAt),
      Buffer.from('LIST\x04\x00\x00\x00INFO', 'latin1'),
    ])
    expect((await decodeAudio(odd, 'odd.wav')).channels).toEqual((await decodeFixture('s16.wav')).channels)
  })

  it.each([0xffffffff, 0x7ffff7db])('reads to the end where a pipe left the size open (%i)', async (size) => {
    const bytes = fixture('s16.wav')
    new DataView(bytes.buffer).setUint32(Buffer.from(bytes).indexOf('data') + 4, size, true)
    expect((await decodeAudio(bytes, 'piped.wav')).channels).toEqual((await decodeFixture('s16.wav')).channels)
  })

  it('reads numbers that are none as silence, and says so', async () => {
    const bytes = fixture('f32.wav')
    new DataView(bytes.buffer).setFloat32(bytes.length - 8, Number.NaN, true)
    const { channels, warning } = await decodeAudio(bytes, 'nan.wav')
    expect(channels[0]![799]).toBe(0)
    expect(warning).toMatch(/1 samples are not numbers/)
  })
})

describe('lossy formats', () => {
  it.each([
    ['mono.mp3', 'mp3', 22050, 11025],
    ['mono.m4a', 'aac', 22050, 11025],
    ['stereo-vorbis.ogg', 'ogg-vorbis', 22050, 11025],
    ['stereo.mp3', 'mp3', 22050, 11025],
  ])('%s sounds like what was encoded, sample by sample in time', async (name, format, sampleRateHz, length) => {
    const decoded = await decodeFixture(name)
    expect(decoded).toMatchObject({ format, sampleRateHz, bitDepth: null, warning: null, durationSeconds: 0.5 })
    expect(decoded.channels).toHaveLength(name.startsWith('mono') ? 1 : 2)
    expect(decoded.channels[0]).toHaveLength(length)
    expect(signalToNoiseDb(decoded.channels[0]!, originalTones)).toBeGreaterThan(15)
  })

  it('decodes Opus at its own 48 kHz, lead-in removed', async () => {
    const { format, sampleRateHz, channels } = await decodeFixture('mono.opus')
    expect([format, sampleRateHz, channels.length, channels[0]!.length]).toEqual(['opus', 48000, 1, 24000])
    const expected = Float32Array.from({ length: 24000 }, (_, n) => {
      const angle = (2 * Math.PI * n) / 48000
      return 0.9 * (0.5 * Math.sin(440 * angle) + 0.25 * Math.sin(3000 * angle))
    })
    expect(signalToNoiseDb(channels[0]!, expected)).toBeGreaterThan(10)
  })

  it('takes off what only iTunes’ comment says the encoder has added', async () => {
    // What LAME has put into its header stands in a comment instead, as iTunes writes it.
    const comment = Buffer.from('\0eng\0iTunSMPB\0 00000000 00000240 000003B7 0000000000002B11 00000000', 'latin1')
    expect(comment.indexOf('2B11')).toBeGreaterThan(0)
    const frame = Buffer.concat([Buffer.from('COMM\0\0\0', 'latin1'), Buffer.of(comment.length, 0, 0), comment])
    const tag = Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0', 'latin1'), Buffer.of(frame.length), frame])
    const { channels } = await decodeAudio(Buffer.concat([tag, fixture('no-xing.mp3')]), 'itunes.mp3')
    expect(channels[0]).toHaveLength(11025)
    expect(signalToNoiseDb(channels[0]!, originalTones)).toBeGreaterThan(15)
  })

  it.each(['stereo-vorbis.ogg', 'mono.opus', 's16-flac.oga'])(
    'reads %s twice where it follows itself',
    async (name) => {
      const once = (await decodeFixture(name)).channels[0]!
      const { channels } = await decodeAudio(Buffer.concat([fixture(name), fixture(name)]), name)
      expect(channels[0]).toEqual(Float32Array.from([...once, ...once]))
    },
  )

  it('decodes an MP3 without a length header', async () => {
    const { durationSeconds, warning } = await decodeFixture('no-xing.mp3')
    expect(durationSeconds).toBeGreaterThan(0.5)
    expect(durationSeconds).toBeLessThan(0.6)
    expect(warning).toBeNull()
  })
})

describe('tags', () => {
  const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 32)])
  const id3v2 = Buffer.concat([Buffer.from('ID3\x03\x00\x00\x00\x00\x02\x00', 'latin1'), Buffer.alloc(256, 0xff)])

  it.each(['stereo-vorbis.ogg', 'mono.opus', 'mono.mp3', 's16.flac', 's16.wav'])(
    'behind %s are no loss',
    async (name) => {
      const { channels } = await decodeAudio(Buffer.concat([fixture(name), id3v1]), name)
      expect(channels[0]).toEqual((await decodeFixture(name)).channels[0])
    },
  )

  it.each(['mono.mp3', 's16.flac'])('before %s are passed over', async (name) => {
    const { channels } = await decodeAudio(Buffer.concat([id3v2, fixture(name)]), name)
    expect(channels[0]).toEqual((await decodeFixture(name)).channels[0])
  })
})

describe('names', () => {
  it('believes the content, not the extension, and says so', async () => {
    const { format, warning } = await decodeAudio(fixture('mono.mp3'), 'dog.wav')
    expect(format).toBe('mp3')
    expect(warning).toBe('the extension says .wav, the content is mp3')
  })

  it.each(['KLÁNG ☃ 狗.WAV', 'no-extension', 'odd.name.Wav', 'x.bin'])('takes %s', async (name) => {
    const { format, warning } = await decodeAudio(fixture('s16.wav'), name)
    expect([format, warning]).toEqual(['wav', null])
  })

  it('repeats a unicode name in its error', async () => {
    expect((await failureOf(new Uint8Array(0), 'Grüße/犬 🐕.OGG')).message).toBe(
      'Grüße/犬 🐕.OGG: the file is empty (0 bytes)',
    )
  })
})

describe('bad files', () => {
  it.each(['s16.wav', 'f64.wav', 'rf64.wav', 's16.w64', 's16.aiff', 'sowt.aifc', 's16.flac', 's24.flac'])(
    '%s cut in half is truncated, with both lengths',
    async (name) => {
      const bytes = fixture(name)
      const { message, hint } = await failureOf(bytes.subarray(0, Math.floor(bytes.length * 0.6)), name)
      const [, found, declared] = /: (\d+\.\d\d) s of (\d+\.\d\d) s/.exec(message) ?? []
      expect(Number(declared)).toBeCloseTo(0.1)
      expect(Number(found)).toBeLessThan(0.1)
      expect(hint).toMatch(/again/)
    },
  )

  it.each(['mono.mp3', 'stereo.mp3', 'stereo-vorbis.ogg', 'mono.opus', 's16-flac.oga'])(
    '%s cut at 60 % is truncated',
    async (name) => {
      const bytes = fixture(name)
      const { message } = await failureOf(bytes.subarray(0, Math.floor(bytes.length * 0.6)), name)
      expect(message).toMatch(/truncated.*\d+\.\d\d s/)
    },
  )

  it('every fixture, cut anywhere, decodes whole, fails by name or warns', async () => {
    for (const name of readdirSync(folder)) {
      const bytes = fixture(name)
      const whole = await decodeAudio(bytes, name).catch(() => null)
      if (!whole) continue
      for (const share of [0.001, 0.01, 0.03, 0.1, 0.3, 0.75, 0.9]) {
        const cut = bytes.subarray(0, Math.ceil(bytes.length * share))
        const result: unknown = await decodeAudio(cut, name).catch((error: unknown) => error)
        if (result instanceof AppError) expect(result.message.startsWith(`${name}: `)).toBe(true)
        else expect(result, `${name} at ${share}`).toHaveProperty('warning', expect.stringMatching(/cut off/))
      }
    }
  })

  it('a FLAC whose header says more channels than its sound has is refused', async () => {
    const bytes = fixture('s16.flac')
    // Three bits of STREAMINFO, behind the twenty of the sample rate: all set is eight channels.
    bytes[20]! |= 0b1110
    expect((await failureOf(bytes, 'eight.flac')).message).toBe(
      'eight.flac: damaged: its header says 8 channels, its sound has 2',
    )
  })

  it('a FLAC with a damaged middle is not passed off as whole', async () => {
    const bytes = fixture('s16.flac')
    bytes.fill(0x55, 1200, 1700)
    expect((await failureOf(bytes, 'bent.flac')).message).toMatch(/damaged|truncated/)
  })

  it.each([
    ['text', new TextEncoder().encode('filename,fold\n'.repeat(500)), /not a sound file$/],
    ['zeros', new Uint8Array(5000), /not a sound file$/],
    ['one byte', Uint8Array.of(0xff), /not a sound file$/],
    ['noise', Uint8Array.from({ length: 50000 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 255), /not a sound/],
    ['LFS pointer', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'), /git lfs pull/],
    ['picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /PNG/],
  ])('%s in a .wav is not audio', async (_, bytes, reason) => {
    expect((await failureOf(bytes, 'sound.wav')).message).toMatch(reason)
  })

  it('names what it cannot decode', async () => {
    const unsupported = await failureOf(fixture('ulaw.wav'), 'ulaw.wav')
    expect(unsupported.message).toMatch(/format 7/)
    expect(unsupported.hint).toMatch(/ffmpeg/)
  })

  it('tells a file without a single sample', async () => {
    const header = fixture('s16.wav').slice(0, Buffer.from(fixture('s16.wav')).indexOf('data') + 8)
    new DataView(header.buffer).setUint32(header.length - 4, 0, true)
    expect((await failureOf(header, 'none.wav')).message).toMatch(/holds no sound \(0 samples\)/)
  })
})

const esc10 = resolve(process.env.EARMARK_TEST_DATA ?? '../shared/data', 'esc10/audio')

describe.skipIf(!existsSync(esc10))(`ESC-10 recordings in ${esc10} (skipped where missing)`, () => {
  it('decode whole, at 44.1 kHz, most of them five seconds long', async () => {
    const seconds: number[] = []
    for (const name of readdirSync(esc10).slice(0, 12)) {
      const decoded = await decodeAudio(readFileSync(join(esc10, name)), name)
      expect(decoded).toMatchObject({ sampleRateHz: 44100, format: 'ogg-vorbis', warning: null })
      seconds.push(decoded.durationSeconds)
    }
    expect(seconds.filter((value) => Math.abs(value - 5) < 0.01).length).toBeGreaterThan(8)
  })

  it('cut off, are refused', async () => {
    const name = readdirSync(esc10)[0]!
    const bytes = readFileSync(join(esc10, name))
    expect((await failureOf(bytes.subarray(0, bytes.length / 2), name)).message).toMatch(/truncated/)
  })
})
