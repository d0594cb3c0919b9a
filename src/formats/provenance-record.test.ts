import { describe, expect, it } from 'vitest'
import { fromProvenanceRecord, toProvenanceRecord } from './provenance-record'
import { takenOrigin, waitingProposal } from './testing/made-clips'

const read = (record: object) => {
  const complaints: string[] = []
  const taken = fromProvenanceRecord(record as Record<string, unknown>, (reason) => complaints.push(reason))
  return { ...taken, complaints }
}
const asTexts = (record: object): object =>
  JSON.parse(JSON.stringify(record), (_, value: unknown) =>
    typeof value === 'number' ? String(value) : value,
  ) as object

describe('where a segment comes from', () => {
  it('is read as it was written, also where numbers became texts', () => {
    const record = toProvenanceRecord({ origin: takenOrigin, proposal: waitingProposal })
    for (const written of [record, asTexts(record)])
      expect(read(written)).toEqual({ origin: takenOrigin, proposal: waitingProposal, complaints: [] })
    const unknown = { ...takenOrigin, run: null, runId: null, fold: null, score: null, at: null, by: '' }
    expect(read(toProvenanceRecord({ origin: unknown }))).toEqual({ origin: unknown, complaints: [] })
    expect(read({})).toEqual({ complaints: [] })
  })

  it('is read as Earmark wrote it before it was read: without fold and time', () => {
    const before = { act: 'accepted', run: null, score: 0.5, by: 'ana' }
    expect(read({ origin: before })).toEqual({
      origin: { ...before, runId: null, fold: null, at: null },
      complaints: [],
    })
  })

  it('is left out, and it is said, where a catalog could not keep it', () => {
    const { origin, proposal } = toProvenanceRecord({ origin: takenOrigin, proposal: waitingProposal })
    const bad = [
      { origin: 'a run' },
      { origin: { ...origin, act: 'guessed' } },
      { origin: [] },
      { proposal: { ...proposal, basis: 'other' } },
      { proposal: { ...proposal, windows: 0 } },
      { proposal: { ...proposal, windows: 1.5 } },
      { proposal: { ...proposal, mean_score: 2 } },
      { proposal: { ...proposal, hop_seconds: 'soon' } },
      { proposal: { ...proposal, at: 'yesterday' } },
      { proposal: { ...proposal, run_id: undefined } },
    ]
    for (const record of bad) {
      const { complaints, ...rest } = read(record)
      expect(rest).toEqual({})
      expect(complaints).toEqual([
        `what stands under “${Object.keys(record)[0]}” of a segment says nothing of where it is from: taken without it`,
      ])
    }
    expect(read({ origin: { ...origin, score: 7 } }).origin).toMatchObject({ act: 'edited', score: null })
  })
})
