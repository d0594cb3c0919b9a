import { describe, expect, it } from 'vitest'
import { isOwnAddress, judgeLink, pageUrl } from './origin'

describe('addresses', () => {
  it('knows its own page', () => {
    expect(isOwnAddress(pageUrl)).toBe(true)
    expect(isOwnAddress('earmark://app/media/1.wav')).toBe(true)
    for (const other of [
      'earmark://other/',
      'earmark://app.evil/',
      'https://app/',
      'file:///etc/passwd',
      '',
      'about:blank',
    ])
      expect(isOwnAddress(other), other).toBe(false)
  })

  it('opens few links, asks for the rest of https, refuses everything else', () => {
    expect(judgeLink('https://github.com/karolpiczak/ESC-50')).toBe('open')
    expect(judgeLink('https://example.org/')).toBe('ask')
    expect(judgeLink('https://github.com@evil.example/')).toBe('refuse')
    expect(judgeLink('https://github.com.evil.example/')).toBe('ask')
    for (const other of ['http://github.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'smb://host/', 'nonsense'])
      expect(judgeLink(other), other).toBe('refuse')
  })
})
