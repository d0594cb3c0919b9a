import { describe, expect, it } from 'vitest'
import { cookieName, createToken, isLoopbackHost, isOwnOrigin, isToken, readCookie } from './access'

describe('access', () => {
  it('makes tokens of 256 bits that differ', () => {
    const tokens = new Set(Array.from({ length: 50 }, createToken))
    expect(tokens.size).toBe(50)
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  })

  it('takes the token and nothing else', () => {
    const token = createToken()
    expect(isToken(token, token)).toBe(true)
    for (const wrong of ['', null, undefined, token.slice(0, -1), `${token}a`, token.toUpperCase()])
      expect(isToken(wrong, token), String(wrong)).toBe(false)
  })

  it('takes loopback names only', () => {
    for (const host of ['127.0.0.1:4747', 'localhost', 'LOCALHOST:80', '[::1]:9'])
      expect(isLoopbackHost(host)).toBe(true)
    for (const host of [
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example:80',
      '127.0.0.1@evil',
      '',
      null,
    ])
      expect(isLoopbackHost(host), String(host)).toBe(false)
  })

  it('takes only the origin of its own page', () => {
    expect(isOwnOrigin('http://127.0.0.1:4747', '127.0.0.1:4747')).toBe(true)
    for (const origin of [
      'http://127.0.0.1:3000',
      'http://localhost:4747',
      'https://127.0.0.1:4747',
      'null',
      '',
      undefined,
    ])
      expect(isOwnOrigin(origin, '127.0.0.1:4747'), String(origin)).toBe(false)
    expect(isOwnOrigin('http://evil.example', 'evil.example')).toBe(false)
  })

  it('finds a cookie among others', () => {
    expect(readCookie('a=1; earmark-4747=xyz==; b=2', cookieName(4747))).toBe('xyz==')
    expect(readCookie('earmark-47470=other', cookieName(4747))).toBeNull()
    expect(readCookie(undefined, cookieName(4747))).toBeNull()
  })
})
