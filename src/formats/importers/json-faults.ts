import { quote } from './quote'

/** No format goes half as deep; what does would end the programs that walk through it. */
const mostDeep = 500

const [quoteMark, backslash, comma, colon, open, close, openList, closeList] = [34, 92, 44, 58, 123, 125, 91, 93]

/**
 * What is wrong with text that JSON.parse takes: a key that stands twice in one object, of which it keeps the last without
 * a word (RFC 8259, section 4, leaves it open), or nesting without end. One pass, without a copy of the text.
 * @returns the first fault in words, or null
 */
export function findJsonFault(text: string): string | null {
  /** The keys of the objects that are open, null for lists; sets are used again. */
  const sets: Set<string>[] = []
  const isObject: boolean[] = []
  let depth = 0
  let isKey = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quoteMark: {
        const end = endOfString(text, at)
        if (isKey && isObject[depth - 1]) {
          const raw = text.slice(at + 1, end)
          const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
          const keys = sets[depth - 1]!
          if (keys.has(key)) return `the key ${quote(key)} stands twice in one object (${describePlace(text, at)})`
          keys.add(key)
        }
        at = end
        break
      }
      case open:
      case openList: {
        const isOwn = text.charCodeAt(at) === open
        if (depth >= mostDeep) return `it is nested more than ${mostDeep} deep (${describePlace(text, at)})`
        if (isOwn) (sets[depth] ??= new Set()).clear()
        isObject[depth++] = isOwn
        isKey = isOwn
        break
      }
      case close:
      case closeList:
        depth--
        break
      case comma:
        isKey = true
        break
      case colon:
        isKey = false
        break
      default:
    }
  }
  return null
}

/** The place of the quotation mark that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
  return text.length
}

function describePlace(text: string, at: number): string {
  const before = text.slice(0, at)
  const line = (before.match(/\n/g)?.length ?? 0) + 1
  return `line ${line}, column ${at - before.lastIndexOf('\n')}`
}
