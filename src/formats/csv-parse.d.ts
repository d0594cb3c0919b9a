/**
 * The part of csv-parse that the ground floor uses. Its own declarations pull in Node's types, which the
 * ground floor is compiled without; tsconfig.pure.json points here instead.
 */
export interface ParseOptions {
  delimiter?: string
  record_delimiter?: string[]
  bom?: boolean
  skip_empty_lines?: boolean
  skip_records_with_error?: boolean
  relax_column_count?: boolean
  info?: boolean
  on_skip?: (error: Error | undefined, raw: string | undefined) => undefined
}
export function parse(text: string, options: ParseOptions): string[][]
