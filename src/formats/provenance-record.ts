/**
 * Where a segment comes from that a model proposed, as Earmark's own records write it: `origin`, which proposal somebody
 * took, and `proposal`, what a run says of one that waits. Plain objects of texts and numbers; times are ISO 8601.
 */
import type { ExportAnnotation } from '../shared/job/manifest'
import type { AnnotationDraft } from '../shared/job/worker-event'
import type { ProposalFacts, TakenFrom } from '../shared/proposals/provenance'
import { isObject, type JsonObject } from './importers/json-value'

type Provenance = Pick<AnnotationDraft, 'origin' | 'proposal'>
type ProvenanceRecord = Record<string, string | number>

/** The parts of a record that tell of it; none of a segment that a person drew. */
export function toProvenanceRecord({ origin, proposal }: Pick<ExportAnnotation, 'origin' | 'proposal'>): {
  origin?: ProvenanceRecord
  proposal?: ProvenanceRecord
} {
  return {
    ...(origin ? { origin: ofOrigin(origin) } : {}),
    ...(proposal ? { proposal: ofProposal(proposal) } : {}),
  }
}

function ofOrigin({ act, run, runId, fold, score, by, at }: TakenFrom): ProvenanceRecord {
  return {
    act,
    ...(run === null ? {} : { run }),
    ...(runId === null ? {} : { run_id: runId }),
    ...(fold === null ? {} : { fold }),
    ...(score === null ? {} : { score }),
    by,
    ...(at === null ? {} : { at: new Date(at).toISOString() }),
  }
}

const ofProposal = (facts: ProposalFacts): ProvenanceRecord => ({
  run: facts.runName,
  run_id: facts.runId,
  fold: facts.fold,
  basis: facts.basis,
  model_hash: facts.modelHash,
  window_seconds: facts.windowSeconds,
  hop_seconds: facts.hopSeconds,
  floor: facts.floor,
  mean_score: facts.meanScore,
  windows: facts.windows,
  at: new Date(facts.at).toISOString(),
})

/**
 * What a record tells of where its segment comes from. Numbers may be texts, as tags have them.
 * @param complain hears of a part that is not one of Earmark's, which is left out
 */
export function fromProvenanceRecord(record: JsonObject, complain: (reason: string) => void): Provenance {
  const read = <T>(name: 'origin' | 'proposal', parse: (part: Part) => T | null): Partial<Record<typeof name, T>> => {
    const value = record[name]
    if (value === undefined || value === null) return {}
    const parsed = isObject(value) ? parse(new Part(value)) : null
    if (parsed !== null) return { [name]: parsed }
    complain(`what stands under “${name}” of a segment says nothing of where it is from: taken without it`)
    return {}
  }
  return { ...read('origin', toOrigin), ...read('proposal', toProposal) } as Provenance
}

function toOrigin(part: Part): TakenFrom | null {
  const act = part.text('act')
  if (act !== 'accepted' && act !== 'edited') return null
  const score = part.number('score')
  return {
    act,
    run: part.text('run'),
    runId: part.text('run_id'),
    fold: part.text('fold'),
    score: isShare(score) ? score : null,
    by: part.text('by') ?? '',
    at: part.time('at'),
  }
}

function toProposal(part: Part): ProposalFacts | null {
  const basis = part.text('basis')
  const facts = {
    runName: part.text('run'),
    runId: part.text('run_id'),
    fold: part.text('fold'),
    windowSeconds: part.number('window_seconds'),
    hopSeconds: part.number('hop_seconds'),
    floor: part.number('floor'),
    meanScore: part.number('mean_score'),
    windows: part.number('windows'),
    at: part.time('at'),
  }
  const { windowSeconds, hopSeconds, windows } = facts
  const isSound =
    isComplete(facts) &&
    (basis === 'test' || basis === 'new' || basis === 'trained') &&
    windowSeconds! > 0 &&
    hopSeconds! > 0 &&
    Number.isSafeInteger(windows) &&
    windows! > 0 &&
    isShare(facts.floor) &&
    isShare(facts.meanScore)
  return isSound ? { ...facts, basis, modelHash: part.text('model_hash') ?? '' } : null
}

const isComplete = <T extends object>(facts: T): facts is { [K in keyof T]: NonNullable<T[K]> } =>
  Object.values(facts).every((value) => value !== null)

const isShare = (value: number | null): boolean => value !== null && value >= 0 && value <= 1

/** A part of a record, of which nothing is known yet. */
class Part {
  constructor(private readonly values: JsonObject) {}

  /** A text that is not empty, or a number as one. */
  text(name: string): string | null {
    const value = this.values[name]
    if (typeof value === 'number' && Number.isFinite(value)) return String(value)
    return typeof value === 'string' && value !== '' ? value : null
  }

  number(name: string): number | null {
    const text = this.text(name)
    const number = text === null || text.trim() === '' ? NaN : Number(text)
    return Number.isFinite(number) ? number : null
  }

  /** Milliseconds since 1970. */
  time(name: string): number | null {
    const at = Date.parse(this.text(name) ?? '')
    return Number.isNaN(at) ? null : at
  }
}
