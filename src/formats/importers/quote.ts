/** What files say, as it stands in messages: short and whole, whatever they say. */

/** The beginning of a text, with dots where more follows. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text.toWellFormed() : `${text.slice(0, most).toWellFormed()}…`
}

/** A text in quotation marks. */
export function quote(text: string): string {
  return `“${shorten(text, 100)}”`
}

/** Names of columns and the like, one after the other, as far as anybody reads. */
export function listNames(names: readonly string[]): string {
  // As many as can be shown, since there may be a million.
  return shorten(names.slice(0, 300).join(', '), 300)
}
