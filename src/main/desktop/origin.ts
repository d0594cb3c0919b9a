/** The address of our own page, and what is done with every other. */

export const scheme = 'earmark'
export const pageUrl = `${scheme}://app/index.html`

/** Whether an address is our page's: its own scheme and host, nothing else. */
export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === `${scheme}:` && url.host === 'app'
}

/** Hosts whose https pages open in the system's browser without a question. */
const trustedHosts = new Set(['github.com', 'www.electronjs.org', 'developer.mozilla.org'])

/** What a link may do: open outside at once, after a question, or nothing at all. */
export function judgeLink(address: string): 'open' | 'ask' | 'refuse' {
  const url = URL.parse(address)
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return 'refuse'
  return trustedHosts.has(url.host) ? 'open' : 'ask'
}
