/**
 * What the page may do, the same behind both doors. Styles are inline in Vue's bindings and in
 * wavesurfer's shadow root; workers may be blobs because wavesurfer makes its own so.
 */
export const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The studio's preview runs the chain that training runs, with Opus in WebAssembly: its worker may compile, the page may not. */
const compilingPolicy = contentSecurityPolicy.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")

/** A worker goes by the policy that its own script came with. */
export function policyOf(pathname: string): string {
  return /^\/assets\/augment-worker-[\w-]+\.js$/.test(pathname) ? compilingPolicy : contentSecurityPolicy
}

/** Sent with every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
