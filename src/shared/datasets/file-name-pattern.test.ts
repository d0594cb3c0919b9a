import { describe, expect, it } from 'vitest'
import { parseFileNamePattern } from './file-name-pattern'

const read = (pattern: string, path: string): Record<string, string> | null => parseFileNamePattern(pattern).read(path)

describe('a pattern of file names', () => {
  it('reads recorders’ names, with dates and times as ISO has them', () => {
    const { names, read: readName } = parseFileNamePattern('{site}_{date:YYYYMMDD}_{time:HHmmss}.wav')
    expect(names).toEqual(['site', 'date', 'time'])
    expect(readName('card 1/harbour_20240531_140509.WAV')).toEqual({
      site: 'harbour',
      date: '2024-05-31',
      time: '14:05:09',
    })
    // A site may have the sign that parts it from the date.
    expect(readName('old_harbour_20240531_140509.wav')?.site).toBe('old_harbour')
    expect(readName('harbour_20240531_140509.flac')).toBeNull()
  })

  it.each([
    ['{digit:#}_{speaker}_{take}', 'recordings/7_jackson_32.wav', { digit: '7', speaker: 'jackson', take: '32' }],
    ['{site}/{camera}-*.wav', 'a/b/north/c3-x.wav', { site: 'north', camera: 'c3' }],
    ['{when:YYYY-MM-DD HH.mm}', '2023-01-02 03.04.mp3', { when: '2023-01-02T03:04' }],
    ['{year:YYYY}_{n:###}', '2021_007.ogg', { year: '2021', n: '007' }],
    ['{date:YYMMDD}', '240229.wav', { date: '2024-02-29' }],
    ['S4A{unit:#####}_{date:YYYYMMDD}', 'S4A01234_20200101.wav', { unit: '01234', date: '2020-01-01' }],
  ])('%s reads %s', (pattern, path, values) => {
    expect(read(pattern, path)).toEqual(values)
  })

  it.each([
    ['{date:YYYYMMDD}', '20230229.wav'],
    ['{date:YYYYMMDD}', '20231301.wav'],
    ['{time:HHmmss}', '246000.wav'],
    ['{n:###}', '12.wav'],
    ['{a}_{b}', 'only.wav'],
    ['{site}/{n}', 'n.wav'],
  ])('%s does not fit %s', (pattern, path) => {
    expect(read(pattern, path)).toBeNull()
  })

  it.each([
    ['{site_{date}', 'counterpart'],
    ['{site}}', 'counterpart'],
    ['{}', 'wants a name'],
    ['{1st}', 'wants a name'],
    ['{a}-{a}', 'stands twice'],
    ['{a:%Y}', 'neither a date'],
    ['plain.wav', 'names nothing'],
  ])('says why %s is none', (pattern, why) => {
    expect(() => parseFileNamePattern(pattern)).toThrow(why)
    expect(() => parseFileNamePattern(pattern)).toThrowError(expect.objectContaining({ code: 'invalid-argument' }))
  })
})
