/**
 * Runs `work` over the items, at most `ahead` at a time, and hands the results to `take` in the items' order.
 * The first failure of either ends it, after the work that has begun.
 */
export async function mapInOrder<Item, Result>(
  items: Iterable<Item>,
  ahead: number,
  work: (item: Item) => Promise<Result>,
  take: (result: Result, item: Item, index: number) => void | Promise<void>,
): Promise<void> {
  const underWay: { item: Item; result: Promise<Result> }[] = []
  const iterator = items[Symbol.iterator]()
  const begin = (): boolean => {
    const { done, value: item } = iterator.next()
    if (done) return false
    const result = work(item)
    result.catch(() => undefined) // heard when its turn comes
    underWay.push({ item, result })
    return true
  }
  try {
    for (let index = 0; ; index++) {
      while (underWay.length < ahead && begin());
      const first = underWay.shift()
      if (!first) return
      await take(await first.result, first.item, index)
    }
  } finally {
    await Promise.allSettled(underWay.map(({ result }) => result))
  }
}
