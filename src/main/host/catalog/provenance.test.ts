/** What models proposed and people took goes into another catalog by way of every format that keeps it, and is the same there. */
import { describe, expect, it } from 'vitest'
import { exporters } from '../../../formats/exporters/exporter'
import { readAgain } from '../../../formats/testing/read-again'
import { everyClip } from '../../../shared/contract/clip-query'
import type { ExportClip } from '../../../shared/job/manifest'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows, type SmallCatalog } from '../testing/small-catalog'
import { listAnnotations, removeAnnotations } from './annotations'
import { eachExportPage } from './export-pages'
import { redo, runCommand, undo } from './journal'
import { countProposals, saveProposals } from './proposals'
import { judgeProposals } from './proposal-verdicts'
import { ensureRoot, ingestRecordings } from './recordings'

const keeping = exporters.filter(({ losses, importer }) => importer !== null && !losses.segments && !losses.origin)

/** Four proposals of a run on one clip, in the order of time: accepted, edited, rejected, and one that waits. */
function proposeAndJudge(): SmallCatalog {
  const catalog = createSmallCatalog([draft('song', '2', 'dog')])
  const { database, clips, classes } = catalog
  const clipId = clips.get('song')!
  const segments = [0.9, 0.8, 0.7, 0.6].map((peak, n) => ({
    ...{ classIndex: 0, startSeconds: n, endSeconds: n + 0.75 },
    ...{ peak, mean: peak - 0.1, windows: n + 1 },
  }))
  const facts = { runId: '0197a1f0-0000-7000-8000-000000000003', runName: 'cnn #3', floor: 0.3 }
  runCommand(database, 'propose', 'model:cnn #3', (recorder) =>
    saveProposals(database, recorder, {
      ...{ ...facts, windowSeconds: 1, hopSeconds: 0.5, classIds: [classes.get('dog')!] },
      clips: [{ clipId, fold: '2', basis: 'test', modelHash: 'ab'.repeat(32), segments }],
    }),
  )
  const proposals = listAnnotations(database, clipId)
  for (const [n, verdict] of (['accepted', 'edited', 'rejected'] as const).entries())
    runCommand(database, 'judge', 'ana', (recorder) =>
      judgeProposals(database, recorder, { verdict, proposals: [{ id: proposals[n]!.id }] }, 'ana'),
    )
  return catalog
}

const exportAll = ({ database }: SmallCatalog): ExportClip[] =>
  [...eachExportPage(database, { query: everyClip, propagate: false })].flat().map(({ clip }) => clip)

describe('where segments are from', () => {
  it('is known of what was taken when its proposal is gone', () => {
    const { database, clips } = proposeAndJudge()
    const clipId = clips.get('song')!
    const proposals = listAnnotations(database, clipId).filter(({ tier }) => tier === 'model')
    runCommand(database, 'remove', 'ana', (recorder) =>
      removeAnnotations(
        database,
        recorder,
        proposals.map(({ id }) => id),
      ),
    )
    expect(listAnnotations(database, clipId).map(({ origin }) => origin)).toMatchObject([
      { act: 'accepted', runName: 'cnn #3', fold: '2', score: 0.9, source: null },
      { act: 'edited', runName: 'cnn #3', fold: '2', score: 0.8, source: null },
    ])
  })

  it('is kept by the formats that have room for it', () => {
    expect(keeping.map(({ id }) => id).sort()).toEqual([
      'aoef',
      'audio-folder-csv',
      'audio-folder-parquet',
      'jams',
      'label-studio',
      'nemo',
      'npz',
      'tfrecord-logmel',
      'tfrecord-waveform',
      'webdataset',
    ])
  })

  it.each(keeping.map((exporter) => [exporter.id, exporter] as const))('comes along with %s', async (_id, exporter) => {
    const here = proposeAndJudge()
    const exported = exportAll(here)
    const { drafts, certificate } = await readAgain(exporter, exported)
    expect(certificate.verdict).toBe('identical')
    const there = createSmallCatalog([])
    const before = dumpRows(there.database)
    const importDrafts = () =>
      runCommand(there.database, 'import', 'ben', (recorder) => {
        const root = ensureRoot(there.database, recorder, '/data/other', exporter.importer!)
        const recordings = [...drafts].map(([path, clips]) => ({ ...draft(path, '2', 'dog'), path, clips }))
        ingestRecordings(there.database, recorder, root, recordings)
        return { title: 'Import' }
      })
    importDrafts()
    const { id } = there.database.get<{ id: string }>('SELECT id FROM clips')!
    const was = listAnnotations(here.database, here.clips.get('song')!)
    const is = listAnnotations(there.database, id)
    // What was accepted came as what it has become; what was rejected stays where it was made.
    expect(is).toHaveLength(3)
    const taken = was.filter(({ tier }) => tier === 'human').map(({ origin }) => origin!)
    expect(is.slice(0, 2).map(({ origin }) => origin)).toEqual(
      taken.map((origin) => ({ ...origin, sourceId: null, source: null })),
    )
    expect(is[2]).toMatchObject({
      ...{ tier: 'model', author: 'model:cnn #3', score: 0.6, verdict: null, origin: null },
      proposal: was.at(-1)!.proposal,
    })
    expect(countProposals(there.database, was.at(-1)!.proposal!.runId)).toMatchObject([
      { source: 'cnn #3', waiting: 1 },
    ])

    const whole = dumpRows(there.database)
    importDrafts()
    expect(dumpRows(there.database)).toBe(whole)
    undo(there.database)
    expect(dumpRows(there.database)).toBe(before)
    redo(there.database)
    expect(dumpRows(there.database)).toBe(whole)
    // On to a third: nothing is lost on the way.
    const again = exportAll(there).flatMap(({ annotations }) => annotations)
    const provenance = ({ origin, proposal }: (typeof again)[number]) => ({ origin, proposal })
    expect(again.map(provenance)).toEqual(exported.flatMap(({ annotations }) => annotations).map(provenance))
  })
})
