/** One field of RFC 4180 CSV: quoted only where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? quoted(text) : text
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** A row of fields as a line of CSV, without its line feed. */
export function csvLine(row: readonly string[]): string {
  return row.map(csvField).join(',')
}
