import { describe, expect, it } from 'vitest'
import { formatPercent, formatTable } from './table'

describe('formatTable', () => {
  it('aligns columns, numbers to the right, without trailing blanks', () => {
    const table = formatTable(
      ['CLASS', 'CLIPS', 'NOTE'],
      [
        ['dog', '4', ''],
        ['crying_baby', '120', 'x'],
      ],
      [1],
    )
    expect(table.split('\n')).toEqual(['CLASS        CLIPS  NOTE', 'dog              4', 'crying_baby    120  x'])
  })

  it('writes shares with one decimal', () => {
    expect([0, 0.8281, 1].map(formatPercent)).toEqual(['0.0 %', '82.8 %', '100.0 %'])
  })
})
