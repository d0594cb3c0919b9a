import { describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import {
  choiceOfClass,
  choiceOfFlag,
  choiceOfListed,
  choiceOfMetadata,
  sortBy,
  toggleClass,
  toggleFlag,
  toggleListed,
  toggleMetadata,
  toggleRun,
} from './query-edits'

const read = parseClipQuery

describe('filters as edits of the query', () => {
  it('turns a state of a class on, to "not", and off', () => {
    const on = toggleClass(everyClip, 'Sea waves', 'present')
    expect(on).toBe('label:"Sea waves"')
    const not = toggleClass(read(on), 'Sea waves', 'present', true)
    expect(not).toBe('-label:"Sea waves"')
    expect(choiceOfClass(read(not), 'Sea waves', 'present')).toBe('not')
    expect(choiceOfClass(read(not), 'Sea waves', 'absent')).toBe('off')
    expect(toggleClass(read(not), 'Sea waves', 'present', true)).toBe('')
  })

  it('asks for one state of a class, in the place of another, and for none of several', () => {
    expect(toggleClass(read('label:dog label:rain'), 'dog', 'absent')).toBe('label:rain absent:dog')
    expect(toggleClass(read('absent:dog'), 'dog', 'unknown')).toBe('unknown:dog')
    expect(toggleClass(read('-absent:dog'), 'dog', 'present', true)).toBe('-absent:dog -label:dog')
    expect(toggleClass(read('-absent:dog'), 'dog', 'unknown')).toBe('-absent:dog unknown:dog')
    expect(toggleClass(read('unknown:dog'), 'dog', 'unknown')).toBe('')
  })

  it('keeps the rest of the query', () => {
    const query = read('absent:dog label:rain fold:2 duration:>1s -by:ana barking')
    expect(toggleListed(query, 'folds', '10')).toBe('absent:dog label:rain fold:2,10 duration:>1s -by:ana barking')
    expect(toggleListed(query, 'folds', '2')).toBe('absent:dog label:rain duration:>1s -by:ana barking')
    expect(toggleFlag(query, 'unlabeled')).toContain('is:unlabeled')
    expect(sortBy(query, 'duration', 'descending')).toContain('sort:-duration')
  })

  it('lists any of the values, none of others, or those without', () => {
    expect(toggleListed(everyClip, 'splits', 'train', true)).toBe('-split:train')
    expect(choiceOfListed(read('-split:train'), 'splits', 'train')).toBe('not')
    expect(toggleListed(read('-split:train'), 'splits', 'train')).toBe('split:train')
    expect(toggleListed(read('-split:train'), 'splits', 'train', true)).toBe('')
    // What was typed as a list loses one of its values.
    expect(toggleListed(read('-fold:1,2 dog'), 'folds', '1', true)).toBe('-fold:2 dog')
    expect(toggleListed(read('fold:1'), 'folds', null)).toBe('no:fold')
    expect(toggleListed(read('no:fold'), 'folds', '1')).toBe('fold:1')
    expect(toggleListed(read('no:fold'), 'folds', null)).toBe('')
    expect(toggleListed(everyClip, 'folds', null, true)).toBe('-no:fold')
    expect(choiceOfListed(read('has:fold'), 'folds', null)).toBe('not')
    expect(toggleListed(read('by:ana'), 'authors', 'import')).toBe('by:ana,import')
    expect(toggleListed(read('status:done'), 'statuses', 'returned')).toBe('status:done,returned')
  })

  it('puts a value of metadata in the place of another, and excludes several', () => {
    expect(toggleMetadata(everyClip, 'recorded at', '1 May')).toBe('"recorded at":"1 May"')
    expect(toggleMetadata(read('site:a take:1'), 'site', 'b')).toBe('take:1 site:b')
    expect(toggleMetadata(read('site:a'), 'site', null)).toBe('no:site')
    expect(toggleMetadata(read('no:site'), 'site', 'a')).toBe('site:a')
    const both = toggleMetadata(read('-site:a'), 'site', 'b', true)
    expect(both).toBe('-site:a -site:b')
    expect(choiceOfMetadata(read(both), 'site', 'a')).toBe('not')
    expect(toggleMetadata(read(both), 'site', 'a', true)).toBe('-site:b')
    expect(toggleMetadata(read('site:a'), 'site', 'a')).toBe('')
  })

  it('knows flags and their contrary', () => {
    expect(toggleFlag(everyClip, 'complete', true)).toBe('-is:complete')
    expect(choiceOfFlag(read('-is:complete'), 'complete')).toBe('not')
    expect(toggleFlag(read('-is:complete'), 'complete')).toBe('is:complete')
    expect(toggleFlag(read('is:complete'), 'complete')).toBe('')
  })

  it('takes one run, and what was asked of it goes with it', () => {
    expect(toggleRun(read('label:dog'), 'run3')).toBe('label:dog run:run3')
    expect(toggleRun(read('run:run3 is:wrong predicted:rain sort:-score fold:1'), 'run3')).toBe('fold:1 sort:-path')
    expect(toggleRun(read('run:run3 score:>0.5'), 'run4')).toBe('run:run4')
  })
})
