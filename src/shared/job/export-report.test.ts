import { describe, expect, it } from 'vitest'
import { formatReport, readReportStart } from './export-report'

describe('the report of an export', () => {
  const head = { format: 'esc50', choices: ['a,\n  "skipped": [', 'b'], counts: { clips: 2 }, details: { tree: [] } }
  const skipped = [
    { clipId: '1', clip: 'a },\n.wav', reason: 'It is gone.' },
    { clipId: '2', clip: 'b.wav', reason: '[' },
    { clipId: '3', clip: 'c.wav', reason: '}' },
  ]
  const files = [{ path: 'x' }]

  it('is JSON, with lists that may be empty', () => {
    const text = [...formatReport(head, { files, skipped: [], clips: new Set<unknown>() })].join('')
    expect(JSON.parse(text)).toEqual({ ...head, skipped: [], files, clips: [] })
    expect(text.indexOf('"skipped"', text.indexOf('"details"'))).toBeLessThan(text.indexOf('"files"'))
  })

  it('can be read from its beginning, wherever that ends behind the head', () => {
    const text = [...formatReport(head, { skipped, files })].join('')
    expect(readReportStart(text, 1000)).toEqual({ head, skipped })
    expect(readReportStart(text, 2)).toEqual({ head, skipped: skipped.slice(0, 2) })
    const none = [...formatReport(head, { skipped: [], files })].join('')
    expect(readReportStart(none, 2)).toEqual({ head, skipped: [] })
    const start = text.indexOf('"skipped"', text.indexOf('"details"')) + '"skipped": ['.length
    for (let end = start; end <= text.length; end++) {
      const found = readReportStart(text.slice(0, end), 1000)
      expect(found.head).toEqual(head)
      expect(found.skipped).toEqual(skipped.slice(0, found.skipped.length))
    }
  })

  it('is told from other text', () => {
    for (const text of ['', '{}', '{"skipped": []}', 'x'.repeat(1000)])
      expect(() => readReportStart(text, 1000), text).toThrow(SyntaxError)
  })
})
