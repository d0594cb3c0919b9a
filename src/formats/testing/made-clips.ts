import type { ExportAnnotation, ExportClip, ExportLabel } from '../../shared/job/manifest'
import type { ProposalFacts, TakenFrom } from '../../shared/proposals/provenance'

export const label = (className: string, state: ExportLabel['state'] = 'present'): ExportLabel => ({
  className,
  state,
  classCode: null,
  mid: null,
})

/** A clip of ten seconds that is its whole recording, with one class and nothing else. */
export function makeClip(id: string, changes: Partial<ExportClip> = {}): ExportClip {
  return {
    id,
    path: `/data/${id}.wav`,
    contentHash: 'x',
    startSeconds: 0,
    endSeconds: 10,
    recordingPath: `${id}.wav`,
    recordingSeconds: 10,
    fold: null,
    split: null,
    isFullyAnnotated: false,
    note: '',
    group: null,
    labels: [label('dog')],
    annotations: [],
    source: {},
    ...changes,
  }
}

let nextId = 1
export function makeAnnotation(
  startSeconds: number,
  endSeconds: number,
  changes: Partial<ExportAnnotation> = {},
): ExportAnnotation {
  return {
    id: `00000000-0000-7000-8000-${String(nextId++).padStart(12, '0')}`,
    startSeconds,
    endSeconds,
    lowHz: null,
    highHz: null,
    tier: 'human',
    author: 'anna',
    score: null,
    note: '',
    labels: [label('dog')],
    ...changes,
  }
}

/** Of a segment that somebody took. */
export const takenOrigin: TakenFrom = {
  act: 'edited',
  run: 'cnn #3, "mel"',
  runId: '0197a1f0-0000-7000-8000-000000000003',
  fold: '2',
  score: 0.875,
  by: 'anna',
  at: Date.UTC(2026, 10, 26, 19, 31),
}

/** Of one that waits. */
export const waitingProposal: ProposalFacts = {
  runId: '0197a1f0-0000-7000-8000-000000000003',
  runName: 'cnn #3',
  fold: 'all',
  basis: 'new',
  modelHash: 'ab'.repeat(32),
  windowSeconds: 3,
  hopSeconds: 1.5,
  floor: 0.3,
  meanScore: 0.625,
  windows: 2,
  at: Date.UTC(2026, 10, 26, 19, 30),
}

/** Clips with everything that a catalog can say, awkward names among them. */
export function makeRichClips(): ExportClip[] {
  return [
    makeClip('plain'),
    makeClip('many', {
      labels: [label('dog'), label('sea waves'), label('rain', 'absent')],
      fold: '3',
      split: 'train',
      group: 'site-1',
      isFullyAnnotated: true,
      note: 'heard twice, "clearly"',
      source: { licence: 'CC BY 4.0', take: 'A' },
    }),
    makeClip('part.of.one', {
      path: '/data/long.one.wav',
      recordingPath: 'deep/long.one.wav',
      recordingSeconds: 60,
      startSeconds: 12.25,
      endSeconds: 15.5,
      annotations: [
        makeAnnotation(12.5, 13.125, {
          lowHz: 200,
          highHz: 4000.5,
          tier: 'bats',
          author: 'anna',
          score: 0.75,
          note: 'faint',
        }),
        makeAnnotation(13, 14, { labels: [label('Gull, sea (日本)')], origin: takenOrigin }),
        makeAnnotation(14.999, 15.5, { labels: [label('dog'), label('rain', 'absent')] }),
      ],
    }),
    makeClip('other.part', {
      path: '/data/long.one.wav',
      recordingPath: 'deep/long.one.wav',
      recordingSeconds: 60,
      startSeconds: 20,
      endSeconds: 30,
      labels: [label('dog'), label('cat')],
      annotations: [
        makeAnnotation(21, 22),
        makeAnnotation(21, 22, { labels: [label('cat')] }),
        makeAnnotation(24, 26, { tier: 'model', author: 'model:cnn #3', score: 0.75, proposal: waitingProposal }),
      ],
    }),
    makeClip('-starts with a dash', { labels: [label('Vögel')], group: '鳥', split: 'test' }),
    makeClip('twin', { path: '/data/b/twin.wav', recordingPath: 'b/twin.wav' }),
    makeClip('twin2', { path: '/data/c/twin.wav', recordingPath: 'c/twin.wav', split: 'validation' }),
    makeClip('silent', { labels: [] }),
  ]
}
