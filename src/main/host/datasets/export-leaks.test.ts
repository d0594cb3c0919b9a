import { describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import type { SoundDraft } from '../../../shared/job/worker-event'
import { makeSnapshot } from '../catalog/snapshots'
import { saveHeard } from '../catalog/split-clips'
import { classNames, draft } from '../testing/host-fixture'
import { createSmallCatalog } from '../testing/small-catalog'
import { findExportLeaks, refuseExportLeaks } from './export-leaks'
import { auditSplit } from './find-leaks'

/** Drafts with a plant of each kind of leak, in every division; all else is apart. */
function planted(): SoundDraft[] {
  const drafts = Array.from({ length: 60 }, (_, index) => {
    const own = draft(`r${index}`, String((index % 3) + 1), classNames[index % 3]!)
    const [clip] = own.clips
    clip!.split = (['train', 'validation', 'test', null] as const)[index % 4]!
    return own
  })
  const change = (index: number, changes: Partial<SoundDraft>): void => void Object.assign(drafts[index]!, changes)
  const put = (index: number, changes: Partial<SoundDraft['clips'][number]>): void =>
    void Object.assign(drafts[index]!.clips[0]!, changes)
  change(9, { contentHash: drafts[0]!.contentHash }) // the same file, in two splits and one fold
  put(16, { group: 'flock' })
  put(17, { group: 'flock' })
  put(20, { group: 'herd' }) // in one split only, whatever else is without one
  put(23, { group: 'herd', split: null })
  const parts = drafts[30]!.clips
  parts[0]!.endSeconds = 2
  parts[0]!.group = null
  parts.push({ ...parts[0]!, startSeconds: 2, endSeconds: null, split: 'train', fold: '2' })
  return drafts
}

describe('leaks of an export', () => {
  it('are those that the audit finds, of a list of the clips that may leak', () => {
    const { database } = createSmallCatalog(planted())
    const heard = database
      .pluck<string>('SELECT DISTINCT content_hash FROM recordings')
      .map((contentHash) => ({ contentHash, frames: 9 }))
    const match = { firstStartSeconds: 0, secondStartSeconds: 0, seconds: 4, errorRate: 0.1 }
    saveHeard(database, heard, [{ ...match, firstHash: 'hash-of-r40', secondHash: 'hash-of-r45' }], 1)
    for (const text of ['', 'split:train,test', 'fold:1,2', 'label:dog', 'split:train', 'no:split']) {
      const query = parseClipQuery(text)
      // Where there is one part of the split, or none, the folds divide.
      const by = ['split:train', 'no:split'].includes(text) ? 'fold' : 'split'
      const report = auditSplit(database, { query, by, together: [] })
      const expected = report.findings.slice(0, report.leakCount)
      const { leaks, leakCount } = findExportLeaks(database, { query, snapshotId: null })
      const describeLeaks = (list: typeof leaks): string[] =>
        list
          .map(
            ({ message, clips }) =>
              `${message} ${clips
                .map(({ id }) => id)
                .toSorted()
                .join()}`,
          )
          .toSorted()
      expect(describeLeaks(leaks), text).toEqual(describeLeaks(expected))
      expect(leakCount, text).toBe(expected.length)
    }
    // A snapshot of it has the same.
    const { id } = makeSnapshot(database, { name: 'v1', note: '', author: 'tester' })
    const now = findExportLeaks(database, { query: everyClip, snapshotId: null })
    const then = findExportLeaks(database, { query: everyClip, snapshotId: id })
    const messages = ({ leaks }: typeof now): string[] => leaks.map(({ message }) => message).toSorted()
    expect(then.leakCount).toBe(now.leakCount)
    expect(messages(then)).toEqual(messages(now))
    const kinds = new Set(
      findExportLeaks(database, { query: parseClipQuery(''), snapshotId: null }).leaks.map(({ kind }) => kind),
    )
    expect([...kinds].toSorted()).toEqual(['group', 'near-duplicate', 'same-audio'])
    database.close()
  })

  it('are refused by naming the first of them', () => {
    const { database } = createSmallCatalog(planted())
    const leaks = findExportLeaks(database, { query: parseClipQuery(''), snapshotId: null })
    expect(() => refuseExportLeaks(leaks)).toThrow(/leaks between the parts:\n• .*(\n• .*){2}$/)
    expect(() =>
      refuseExportLeaks(findExportLeaks(database, { query: parseClipQuery('split:train fold:1'), snapshotId: null })),
    ).not.toThrow()
    database.close()
  })
})
