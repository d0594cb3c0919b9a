/** One field of RFC 4180 CSV: quoted only where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? quoted(text) : text
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** Rows of fields as CSV text with line feeds, ending in one. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(csvField).join(',') + '\n').join('')
}
