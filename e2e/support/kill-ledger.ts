import { applyChanges, type Changes, diffStates, type State } from './catalog-state'

/** Something that is all there or not at all, until it is known which. */
export interface Offer {
  changes: Changes
  isCertain: boolean
}

/**
 * What was acknowledged, and so must be in the catalog whatever happens, and what was asked for and not answered, which
 * may be there whole or not at all.
 */
export class Ledger {
  acknowledged = 0
  private readonly state: State
  private readonly done: { changes: Changes; inverse: Changes }[] = []
  private readonly undone: Changes[] = []
  private readonly offers: Offer[] = []

  constructor(start: State) {
    this.state = new Map(start)
  }

  /** What the catalog says, as far as it is certain. */
  get(name: string): string | undefined {
    return this.state.get(name)
  }

  names(prefix: string): string[] {
    return [...this.state.keys()].filter((name) => name.startsWith(prefix))
  }

  /** Edits of this ledger that can be undone. */
  get depth(): number {
    return this.done.length
  }

  get redoDepth(): number {
    return this.undone.length
  }

  /** Makes one edit that can be undone; what `call` throws leaves it unanswered. */
  async edit(changes: Changes, call: () => Promise<unknown>): Promise<void> {
    // An edit that changes nothing is none: it ends no branch of what could be redone.
    const isEdit = changes.some(([name, value]) => (this.state.get(name) ?? null) !== value)
    const inverse = await this.answer(changes, call)
    if (!isEdit) return
    this.done.push({ changes, inverse })
    this.undone.length = 0
  }

  /** Does what is no edit, or what takes no part in undoing here. */
  async make(changes: Changes, call: () => Promise<unknown>): Promise<void> {
    await this.answer(changes, call)
  }

  async undo(call: () => Promise<unknown>): Promise<void> {
    const { changes, inverse } = this.done.at(-1)!
    await this.answer(inverse, call)
    this.done.pop()
    this.undone.push(changes)
  }

  async redo(call: () => Promise<unknown>): Promise<void> {
    const changes = this.undone.at(-1)!
    const inverse = await this.answer(changes, call)
    this.undone.pop()
    this.done.push({ changes, inverse })
  }

  /** A job is started that will make these changes, whole or not at all. */
  offer(changes: Changes): Offer {
    const offer = { changes, isCertain: false }
    this.offers.push(offer)
    return offer
  }

  /** What the catalog may say now: the certain, with and without each thing that was not answered. */
  private possibilities(): State[] {
    let states = [new Map(this.state)]
    for (const { changes, isCertain } of this.offers) {
      const taken = states.map((state) => {
        const copy = new Map(state)
        applyChanges(copy, changes)
        return copy
      })
      states = isCertain ? taken : [...states, ...taken]
    }
    return states
  }

  /** How a catalog is otherwise than anything it may be; empty when it is as it must be. */
  compare(actual: State): string[] {
    const nearest = this.possibilities()
      .map((state) => ({ state, differences: diffStates(state, actual) }))
      .sort((a, b) => a.differences.length - b.differences.length)[0]!
    return nearest.differences
      .slice(0, 8)
      .map(
        ([name, value]) => `${name}: is ${value ?? 'not there'}, should be ${nearest.state.get(name) ?? 'not there'}`,
      )
  }

  private async answer(changes: Changes, call: () => Promise<unknown>): Promise<Changes> {
    const offer = this.offer(changes)
    await call()
    this.offers.splice(this.offers.indexOf(offer), 1)
    this.acknowledged++
    return applyChanges(this.state, changes)
  }
}
