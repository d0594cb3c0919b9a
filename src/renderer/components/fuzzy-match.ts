/**
 * How well typed letters fit a text: all must occur in order. Beginnings of words and runs of letters
 * count for more; an exact beginning for most.
 * @returns a score, higher is better, or null where they do not fit.
 */
export function scoreFuzzy(typed: string, text: string): number | null {
  const wanted = typed.toLowerCase().replace(/\s+/g, '')
  const given = text.toLowerCase()
  if (wanted === '') return 0
  if (given === typed.toLowerCase().trim()) return 1000
  let score = given.startsWith(wanted) ? 100 : given.includes(wanted) ? 50 : 0
  let from = 0
  let last = -2
  for (const letter of wanted) {
    const at = given.indexOf(letter, from)
    if (at < 0) return null
    if (at === last + 1) score += 3
    if (at === 0 || /[\s_/\-(]/.test(given[at - 1]!)) score += 5
    last = at
    from = at + 1
  }
  return score - given.length / 100
}

/** The items whose text fits, best first; with nothing typed, all in their own order. */
export function rankFuzzy<T>(typed: string, items: readonly T[], textOf: (item: T) => string): T[] {
  if (typed.trim() === '') return [...items]
  return items
    .flatMap((item) => {
      const score = scoreFuzzy(typed, textOf(item))
      return score === null ? [] : [{ item, score }]
    })
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item)
}
