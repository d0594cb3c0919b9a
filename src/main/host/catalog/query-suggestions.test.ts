import { describe, expect, it } from 'vitest'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog } from '../testing/small-catalog'
import { runCommand } from './journal'
import { setLabel } from './labels'
import { suggestForQuery } from './query-suggestions'

describe('suggestions for a query', () => {
  const sites = ['Harbour', 'Hall', 'Pier', 'Hall', 'Harbour']
  const { database, clips, classes } = createSmallCatalog(
    sites.map((site, index) => {
      const own = draft(`${index}`, '1', 'dog', `group-${index % 2}`)
      own.clips[0]!.source = { site, 'recorded at': '1 May' }
      return own
    }),
  )
  const values = (key: string, prefix: string): string[] =>
    suggestForQuery(database, key, prefix).map(({ value }) => value)

  it('gives values of metadata once each, in order, by their beginning', () => {
    expect(values('site', '')).toEqual(['Hall', 'Harbour', 'Pier'])
    expect(values('site', 'Har')).toEqual(['Harbour'])
    expect(values('site', 'X')).toEqual([])
    expect(values('nowhere', '')).toEqual([])
  })

  it('gives names of metadata, groups and people', () => {
    expect(values('', 'S')).toEqual(['site'])
    expect(values('no', '')).toEqual(['recorded at', 'site'])
    expect(values('group', 'gr')).toEqual(['group-0', 'group-1'])
    expect(values('by', '')).toEqual([])
    for (const author of ['zoe', 'anna', 'anna'])
      runCommand(database, 'labels.set', author, (recorder) =>
        setLabel(
          database,
          recorder,
          { clipIds: [clips.get(author === 'zoe' ? '0' : '1')!], classId: classes.get('rain')!, state: 'absent' },
          author,
        ),
      )
    expect(values('by', '')).toEqual(['anna', 'zoe'])
    expect(values('run', '')).toEqual(['last'])
  })

  it('reads no more of an index than it gives', () => {
    const plan = database.all<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT min(value) FROM clip_metadata WHERE name_key = 1 AND value > 'a'`,
    )
    expect(plan.map(({ detail }) => detail).join()).toContain('clip_metadata_by_value (name_key=? AND value>?)')
  })
})
