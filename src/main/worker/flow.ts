/** Keeps a worker from telling faster than the host takes: what is under way would pile up in memory. */
export class Flow {
  private underWay = 0
  private waiting: (() => void)[] = []

  /** @param most batches that may be under way */
  constructor(private readonly most = 3) {}

  send(): void {
    this.underWay++
  }

  take(): void {
    this.underWay--
    if (this.underWay < this.most) for (const go of this.waiting.splice(0)) go()
  }

  async waitForRoom(): Promise<void> {
    while (this.underWay >= this.most) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }
}
