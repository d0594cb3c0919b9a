import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAacConfig } from './aac/aac-decoder'
import { memorySource } from './byte-source'
import { decodeAudio } from './decode-audio'
import { readMp4 } from './mp4'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name))
/** Gives a box another name, so that nobody finds it. */
function hide(file: Buffer, type: string): Buffer {
  const copy = Buffer.from(file)
  copy.write('free', copy.indexOf(type), 'latin1')
  return copy
}
const box = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}
/** Puts a box at the end of the index, which in these files is the end of the file. */
function intoMovie(file: Buffer, child: Buffer): Buffer {
  const copy = Buffer.concat([file, child])
  const at = copy.indexOf('moov') - 4
  copy.writeUInt32BE(copy.readUInt32BE(at) + child.length, at)
  return copy
}
const flags = Buffer.alloc(4)

describe('AAC in MPEG-4 files', () => {
  it('is what ffmpeg decodes, sample by sample, with the encoder’s lead-in taken off', async () => {
    const decoded = await decodeAudio(fixture('transients.m4a'), 'transients.m4a')
    const expected = await decodeAudio(fixture('transients-decoded.wav'), 'transients-decoded.wav')
    expect(decoded).toMatchObject({ format: 'aac', sampleRateHz: 44_100, bitDepth: null, warning: null })
    expect(decoded.channels.map((samples) => samples.length)).toEqual([11_025, 11_025])
    decoded.channels.forEach((samples, c) => {
      const reference = expected.channels[c]!
      // 24 bits, rounded.
      expect(samples.every((value, n) => Math.abs(value - reference[n]!) < 1e-6)).toBe(true)
    })
  })

  it('knows its packets, its configuration and its lead-in', () => {
    const plain = fixture('transients.m4a')
    const table = readMp4(memorySource(plain), 'transients.m4a')
    expect(readAacConfig(table.config)).toEqual({ rateIndex: 4, sampleRateHz: 44_100, channelCount: 2 })
    expect(table.sizes.length).toBe(12)
    expect(table.lead).toEqual({ samples: 1024, count: 11_025 })
  })

  it('takes iTunes’ tag before the edit list', async () => {
    const text = ' 00000000 00000440 000002AF 0000000000002711 00000000'
    const item = box(
      '----',
      box('mean', flags, Buffer.from('com.apple.iTunes')),
      box('name', flags, Buffer.from('iTunSMPB')),
      box('data', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from(text)),
    )
    const tagged = intoMovie(
      hide(fixture('transients.m4a'), 'udta'),
      box('udta', box('meta', flags, box('ilst', item))),
    )
    const { channels } = await decodeAudio(tagged, 'itunes.m4a')
    const plain = (await decodeAudio(fixture('transients.m4a'), 'a.m4a')).channels
    expect(channels[0]).toHaveLength(0x2711)
    expect(channels[0]).toEqual(plain[0]!.slice(0x440 - 1024, 0x440 - 1024 + 0x2711))
  })

  it('reads what says nothing of a lead-in with a warning, in a file and without one', async () => {
    const silent = await decodeAudio(hide(fixture('transients.m4a'), 'edts'), 'no-edits.m4a')
    expect(silent.warning).toMatch(/does not say how much silence/)
    expect(silent.channels[0]!.length).toBe(11_025 + 1024)
    const bare = await decodeAudio(fixture('transients.aac'), 'transients.aac')
    expect(bare.warning).toMatch(/does not say/)
    const plain = (await decodeAudio(fixture('transients.m4a'), 'a.m4a')).channels
    expect(bare.channels[1]!.slice(1024, 1024 + 11_025)).toEqual(plain[1])
  })

  it.each([
    ['moov', /its index \(moov\) is missing/],
    ['hdlr', /without sound/],
    ['stts', /index is not complete/],
    ['stsz', /its index ends early/],
    ['esds', /configuration cannot be read/],
  ])('without %s says what is missing', async (type, reason) => {
    await expect(decodeAudio(hide(fixture('transients.m4a'), type), 'x.m4a')).rejects.toThrow(reason)
  })

  it('says how many packets of a file that was cut are there', async () => {
    const plain = fixture('transients.m4a')
    const broken = Buffer.from(plain)
    // The only chunk lies where the file ends.
    broken.writeUInt32BE(broken.length - 4, plain.indexOf('stco') + 12)
    await expect(decodeAudio(broken, 'cut.m4a')).rejects.toThrow(/truncated: 0 of 12 packets/)
  })

  it.each([
    [[0x2b, 0x92, 0x08, 0x00], /HE-AAC/],
    [[0x09, 0x10, 0x00], /object type 1 /],
    [[0x12, 0x00, 0x00], /layout of its own/],
    [[0x12, 0x14, 0x00], /960/],
  ])('refuses what is not low complexity: %j', (bytes, reason) => {
    expect(() => readAacConfig(Uint8Array.from(bytes))).toThrow(reason)
  })
})
