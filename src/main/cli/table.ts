/** Rows as text in columns two spaces apart; columns named in `right` are right-aligned. */
export function formatTable(header: string[], rows: string[][], right: number[] = []): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: string[]): string =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? ''
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [header, ...rows].map(line).join('\n')
}

/** A share as a percentage with one decimal. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
