import { describe, expect, it } from 'vitest'
import guide from '../../../docs/annotating.md?raw'
import { showKeys } from './key-names'
import { keyTable } from './key-table'

/** Rows of the guide's tables: a key as it is shown, and what it does in the words of the cheat sheet. */
function readRows(): { key: string; title: string }[] {
  return [...guide.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)]
    .map(([, key, title]) => ({ key: key!, title: title! }))
    .filter(({ key }) => key !== 'key' && !/^-+$/.test(key))
}

describe('docs/annotating.md', () => {
  it('names the keys that Earmark comes with, by what the cheat sheet calls them', () => {
    const rows = readRows()
    expect(rows.length).toBeGreaterThan(35)
    const known = Object.values(keyTable).flatMap(({ title, keys }) =>
      keys.map((key) => `${showKeys(key).join(' ')}: ${title}`),
    )
    for (const { key, title } of rows) expect(known).toContain(`${key}: ${title}`)
  })
})
