export interface Progress {
  show(state: { done: number; total: number; message: string }): void
  /** Takes the bar away so that a line can be written; the next `show` draws it again. */
  clear(): void
}

export interface ProgressOptions {
  /** A bar that redraws itself, else lines. */
  isBar: boolean
  columns(): number
  write(text: string): void
  nowMs(): number
}

const barCells = 24
const redrawMs = 100
const lineMs = 1000

/** A bar at most ten times a second, or a line when a second or a tenth of the way has passed. */
export function createProgress(options: ProgressOptions): Progress {
  let shownAtMs = -Infinity
  let shownTenth = -1
  let isDrawn = false
  const clear = (): void => {
    if (isDrawn) options.write('\r\x1b[2K')
    isDrawn = false
  }
  return {
    clear,
    show({ done, total, message }) {
      const share = total > 0 ? Math.min(1, done / total) : 0
      const now = options.nowMs()
      const counts = total > 0 ? `${done}/${total}` : ''
      if (options.isBar) {
        if (now - shownAtMs < redrawMs && share < 1) return
        const filled = Math.round(share * barCells)
        const bar = total > 0 ? `[${'#'.repeat(filled)}${'-'.repeat(barCells - filled)}] ` : ''
        const line = `${bar}${counts} ${message}`.trim().slice(0, Math.max(10, options.columns() - 1))
        clear()
        options.write(line)
        isDrawn = true
      } else {
        const tenth = Math.floor(share * 10)
        if (now - shownAtMs < lineMs && tenth <= shownTenth) return
        shownTenth = tenth
        options.write(`${[counts, message].filter((part) => part !== '').join(' ') || 'working'}\n`)
      }
      shownAtMs = now
    },
  }
}
