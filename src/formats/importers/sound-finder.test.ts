import { describe, expect, it } from 'vitest'
import { SoundFinder, toRelativePath } from './sound-finder'

describe('finding the sound that an annotation file means', () => {
  it('follows a path from elsewhere as far as its end agrees', () => {
    const sounds = new SoundFinder(['day 1/a.wav', 'day 2/a.wav', 'Größe.FLAC', '.hidden/a.wav'])
    expect(sounds.find('D:\\field\\Day 1\\A.WAV', 't.txt')).toBe('day 1/a.wav')
    expect(sounds.find('a.wav', 'day 2/t.txt')).toBe('day 2/a.wav')
    expect(sounds.find('a.wav', 't.txt')).toBeNull()
    expect(sounds.find('Gro\u0308\u00dfe.flac', 't.txt')).toBe('Größe.FLAC')
    expect(sounds.find('Größe', 't.txt')).toBe('Größe.FLAC')
  })

  it('finds what lies beside, with dots in names', () => {
    const sounds = new SoundFinder(['x/rec.1.wav', 'x/rec.2.wav', 'y/rec.1.wav'])
    expect(sounds.findBeside('x/rec.1.TextGrid', 'rec.1')).toBe('x/rec.1.wav')
    expect(sounds.findBeside('y/rec.1.wav.TextGrid', 'rec.1.wav')).toBe('y/rec.1.wav')
    expect(sounds.findBeside('x/rec.TextGrid', 'rec')).toBeNull()
  })

  it.each([
    ['C:\\a\\b.wav', 'a/b.wav'],
    ['C:b.wav', 'b.wav'],
    ['file:///C:/a/b.wav', 'a/b.wav'],
    ['/C:/D:b.wav', 'b.wav'],
    ['../../etc/passwd', 'etc/passwd'],
    ['/a//./b.wav', 'a/b.wav'],
    [' .. ', 'unnamed'],
  ])('makes of %s a path inside the dataset', (name, path) => {
    expect(toRelativePath(name)).toBe(path)
  })
})
