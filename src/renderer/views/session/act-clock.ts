/** How much work went into a verdict. Pure: the caller says what time it is. */

export interface Effort {
  activeMs: number
  keyCount: number
}

/**
 * Adds up the pauses between a person's acts, each for no more than `idleMs`: what is beyond was no work. Acts are key
 * presses and clicks; `take` gives what came together since it was last asked.
 */
export class ActClock {
  private lastMs: number
  private activeMs = 0
  private keyCount = 0

  constructor(
    private readonly idleMs: number,
    nowMs: number,
  ) {
    this.lastMs = nowMs
  }

  act(nowMs: number): void {
    this.activeMs += Math.min(this.idleMs, Math.max(0, nowMs - this.lastMs))
    this.keyCount++
    this.lastMs = nowMs
  }

  take(): Effort {
    const effort = { activeMs: Math.round(this.activeMs), keyCount: this.keyCount }
    this.activeMs = 0
    this.keyCount = 0
    return effort
  }
}
