import { describe, expect, it } from 'vitest'
import guide from '../../../docs/annotating.md?raw'
import reference from '../../../docs/annotating-reference.md?raw'
import { showKeys } from './key-names'
import { keyTable } from './key-table'

/** Rows of the tables of a page: a key as it is shown, and what it does in the words of the cheat sheet. */
function readRows(page: string): { key: string; title: string }[] {
  return [...page.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)]
    .map(([, key, title]) => ({ key: key!, title: title! }))
    .filter(({ key }) => key !== 'key' && !/^-+$/.test(key))
}

describe.each([
  { name: 'docs/annotating.md', page: guide, least: 35 },
  { name: 'docs/annotating-reference.md', page: reference, least: 60 },
])('$name', ({ page, least }) => {
  it('names the keys that Earmark comes with, by what the cheat sheet calls them', () => {
    const rows = readRows(page)
    expect(rows.length).toBeGreaterThan(least)
    const known = Object.values(keyTable).flatMap(({ title, keys }) =>
      keys.map((key) => `${showKeys(key).join(' ')}: ${title}`),
    )
    for (const { key, title } of rows) expect(known).toContain(`${key}: ${title}`)
  })
})

it('docs/annotating.md stays two pages: no more than 1,100 words, with pictures', () => {
  const text = guide.replace(/!\[.*?\]\(.*?\)/g, '').replace(/[|#*`]|-{3,}/g, ' ')
  expect(text.split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1100)
  expect(guide.match(/!\[/g)!.length).toBeGreaterThanOrEqual(4)
})
