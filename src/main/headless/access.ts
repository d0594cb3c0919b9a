/**
 * Who may ask. The server listens on loopback only, but any page in any browser on this machine can
 * reach loopback, so each request must also show that it comes from our own page:
 *   Host    a name of loopback: a page of another name that resolves to 127.0.0.1 (DNS rebinding) is refused;
 *   Origin  on the WebSocket, which browsers open across origins: must be this very host and port;
 *   cookie  set only for who opens the printed address with its token: 256 random bits, compared in constant time.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits as URL-safe text. */
export function createToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether `given` is the token; takes as long for a wrong one as for the right one. */
export function isToken(given: string | null | undefined, token: string): boolean {
  if (given === null || given === undefined) return false
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

/** Whether a Host header names loopback. The port is free: behind `ssh -L` it is the tunnel's. */
export function isLoopbackHost(host: string | null | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host ?? '')
}

/** Whether an Origin header is that of the page which this Host header's server serves. */
export function isOwnOrigin(origin: string | null | undefined, host: string | null | undefined): boolean {
  return isLoopbackHost(host) && (origin ?? '').toLowerCase() === `http://${host?.toLowerCase()}`
}

/** Cookies know no ports, so each server's own carries its port in the name. */
export function cookieName(port: number): string {
  return `earmark-${port}`
}

/** The value of one cookie of a Cookie header. */
export function readCookie(header: string | null | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const split = part.indexOf('=')
    if (split > 0 && part.slice(0, split).trim() === name) return part.slice(split + 1).trim()
  }
  return null
}
