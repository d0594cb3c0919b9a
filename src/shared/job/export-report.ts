/**
 * The form of `export-report.json`: what is short first, then lists with one item a line, `skipped` before all others.
 * A report of millions of files can so be written piece by piece, and what matters most be read from its beginning.
 */

/** The texts of a report, to be written one after the other. */
export function* formatReport(
  head: Record<string, unknown>,
  { skipped, ...lists }: { skipped: Iterable<unknown> } & Record<string, Iterable<unknown>>,
): Generator<string> {
  yield JSON.stringify(head, null, 2).replace(/\n\}$/, '')
  for (const [name, items] of Object.entries({ skipped, ...lists })) {
    yield `,\n  ${JSON.stringify(name)}: [`
    let comma = ''
    for (const item of items) {
      yield `${comma}\n    ${JSON.stringify(item)}`
      comma = ','
    }
    yield comma === '' ? ']' : '\n  ]'
  }
  yield '\n}\n'
}

/**
 * The head of a report and its first clips left out, of the beginning of its text.
 * @param most as many clips left out at most
 * @throws SyntaxError when the head is not all there, or it is no report
 */
export function readReportStart<Head>(
  text: string,
  most: number,
): { head: Head; skipped: { clip: string; reason: string }[] } {
  const [, head, rest] = /^(\{[^]*?),\n {2}"skipped": \[\n?([^]*)$/.exec(text) ?? []
  if (head === undefined) throw new SyntaxError('This is not the beginning of an export’s report.')
  const skipped: { clip: string; reason: string }[] = []
  // The last line may be cut off.
  for (const line of rest!.split('\n').slice(0, -1)) {
    if (!line.startsWith('    {') || skipped.length === most) break
    skipped.push(JSON.parse(line.replace(/,$/, '')) as { clip: string; reason: string })
  }
  return { head: JSON.parse(`${head}\n}`) as Head, skipped }
}
