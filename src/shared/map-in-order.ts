/**
 * Runs `work` over the items, at most `ahead` at a time, and hands the results to `take` in the items' order.
 * The first failure of either ends it, after the work that has begun.
 */
export async function mapInOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  work: (item: Item) => Promise<Result>,
  take: (result: Result, item: Item, index: number) => void | Promise<void>,
): Promise<void> {
  const underWay: Promise<Result>[] = []
  let next = 0
  const begin = (): void => {
    const promise = work(items[next++]!)
    promise.catch(() => undefined) // heard when its turn comes
    underWay.push(promise)
  }
  try {
    for (const [index, item] of items.entries()) {
      while (next < items.length && underWay.length < ahead) begin()
      await take(await underWay.shift()!, item, index)
    }
  } finally {
    await Promise.allSettled(underWay)
  }
}
