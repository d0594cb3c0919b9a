/**
 * Groups of things that have something in common, directly or through others: with the keys `[a, b]`, `[b, c]` and `[d]`
 * the first two are one group. Near-linear (union-find with path halving).
 * @param keys of each thing, one at least
 * @returns the name of each thing's group: the first of all its keys in the order of their letters
 */
export function uniteGroups(keys: readonly (readonly string[])[]): string[] {
  const parent = new Map<string, string>()
  const find = (key: string): string => {
    let at = key
    for (let above = parent.get(at)!; above !== at; above = parent.get(at)!) {
      parent.set(at, parent.get(above)!)
      at = above
    }
    return at
  }
  for (const own of keys) {
    for (const key of own) if (!parent.has(key)) parent.set(key, key)
    for (const key of own) {
      const [a, b] = [find(own[0]!), find(key)]
      // The smaller one is the root, so that a group's name does not depend on the order of things.
      if (a < b) parent.set(b, a)
      else parent.set(a, b)
    }
  }
  return keys.map((own) => find(own[0]!))
}
