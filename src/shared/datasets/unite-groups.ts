/**
 * Groups of things that have something in common, directly or through others: with the marks `[a, b]`, `[b, c]` and `[d]`
 * the first two are one group. Near-linear (union-find with path halving).
 */
export class GroupUnion {
  private readonly names: string[] = []
  private readonly parent: number[] = []

  /** How many marks there are. */
  get size(): number {
    return this.names.length
  }

  /** Adds a mark that things can have. @param name of its own @returns its number */
  add(name: string): number {
    this.names.push(name)
    return this.parent.push(this.names.length - 1) - 1
  }

  /** What has the one and what has the other is one group from now on. */
  unite(a: number, b: number): void {
    const [rootA, rootB] = [this.find(a), this.find(b)]
    if (rootA === rootB) return
    // The first in the order of letters is the root, so that a group's name does not depend on the order of things.
    if (this.names[rootA]! < this.names[rootB]!) this.parent[rootB] = rootA
    else this.parent[rootA] = rootB
  }

  /** The mark that stands for the group of this one. */
  find(mark: number): number {
    let at = mark
    for (let above = this.parent[at]!; above !== at; above = this.parent[at]!) {
      this.parent[at] = this.parent[above]!
      at = above
    }
    return at
  }

  /** What a group is called: the first of the names of all its marks. */
  nameOf(mark: number): string {
    return this.names[this.find(mark)]!
  }
}
