import { describe, expect, it } from 'vitest'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog } from '../testing/small-catalog'
import { createAnnotation } from './annotations'
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
    expect(values('by', '')).toEqual(['import'])
    for (const author of ['zoe', 'anna', 'anna'])
      runCommand(database, 'labels.set', author, (recorder) =>
        setLabel(
          database,
          recorder,
          { clipIds: [clips.get(author === 'zoe' ? '0' : '1')!], classId: classes.get('rain')!, state: 'absent' },
          author,
        ),
      )
    runCommand(database, 'annotations.create', 'bea', (recorder) =>
      createAnnotation(
        database,
        recorder,
        { clipId: clips.get('0')!, startSeconds: 0, endSeconds: 0.5, lowHz: null, highHz: null, classIds: [] },
        'bea',
      ),
    )
    expect(values('by', '')).toEqual(['anna', 'bea', 'zoe', 'import'])
    expect(values('by', 'z')).toEqual(['zoe'])
    expect(values('run', '')).toEqual(['last'])
  })

  it.each([
    ['clip_metadata', 'value', 'name_key = 1', 'clip_metadata_by_value (name_key=? AND value>?)'],
    ['clips', 'group_key', 'group_key IS NOT NULL', 'clips_by_group (group_key>?)'],
    ['clip_labels', 'author', `author <> 'import'`, 'clip_labels_by_author (author>?)'],
    ['annotations', 'author', `author <> 'import'`, 'annotations_by_author (author>?)'],
    ['annotation_labels', 'author', `author <> 'import'`, 'annotation_labels_by_author (author>?)'],
  ])('reads no more of an index of %s than it gives', (table, column, condition, index) => {
    const plan = database.all<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT min(${column}) FROM ${table} WHERE ${condition} AND ${column} > 'a'`,
    )
    expect(plan.map(({ detail }) => detail).join()).toContain(index)
  })
})
