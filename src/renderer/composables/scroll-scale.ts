/**
 * Browsers cap the height of an element (Chrome at 33 million pixels), so a list of millions is laid out lower than it
 * is. Heights and places are given in pixels of the whole list ("true") and of the scrolled element ("laid out"); the
 * true list is laid out in 100 pages that overlap, so that a small movement moves rows by just as much, and the
 * scrollbar still spans the whole list. After the scheme of SlickGrid (M. Leibman, MIT).
 */
export class ScrollScale {
  /** Laid-out height. */
  readonly height: number
  private readonly pageHeight: number
  private readonly pageCount: number
  private readonly pageShift: number

  constructor(
    readonly trueHeight: number,
    private readonly viewHeight: number,
    mostHeight = 8_000_000,
  ) {
    this.height = Math.min(trueHeight, mostHeight)
    const isWhole = trueHeight <= mostHeight
    this.pageHeight = isWhole ? Math.max(1, trueHeight) : mostHeight / 100
    this.pageCount = isWhole ? 1 : Math.floor(trueHeight / this.pageHeight)
    this.pageShift = isWhole ? 0 : (trueHeight - this.height) / (this.pageCount - 1)
  }

  /** True top less laid-out top, and the laid-out top, for a true top. */
  place(trueTop: number): { offset: number; scrollTop: number } {
    const top = Math.max(0, Math.min(trueTop, this.trueHeight - this.viewHeight))
    const offset = this.offsetOf(Math.floor(top / this.pageHeight))
    return { offset, scrollTop: top - offset }
  }

  /** The offset for a laid-out top that a person has dragged the scrollbar to. */
  offsetAt(scrollTop: number): number {
    if (this.height <= this.viewHeight) return 0
    const share = (this.trueHeight - this.viewHeight) / (this.height - this.viewHeight)
    return this.offsetOf(Math.floor((scrollTop * share) / this.pageHeight))
  }

  private offsetOf(page: number): number {
    return Math.round(Math.min(this.pageCount - 1, page) * this.pageShift)
  }
}
