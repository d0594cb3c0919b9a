import type { Handlers } from '../../../shared/contract/contract'
import { editClips, standingOf } from '../bulk-edits'
import { drawSample, judgeBlind, listSamples } from '../catalog/blind-samples'
import { countByStatus, readQueue, setStatus } from '../catalog/review'
import type { Workspace } from '../workspace'

export function reviewHandlers(workspace: Workspace): Handlers['review'] {
  return {
    queue: (input) => readQueue(workspace.database, input),
    counts: () => countByStatus(workspace.database),
    standing: (choice) => standingOf(workspace, choice),
    setStatus: (input, { author }) =>
      editClips(workspace, { kind: 'review.setStatus', input }, author, (recorder, clipIds) =>
        setStatus(workspace.database, recorder, { ...input, clipIds }, author),
      ),
    drawSample(input, { author }) {
      const { id } = workspace.edit('review.drawSample', author, (recorder) =>
        drawSample(workspace.database, recorder, input, author),
      )
      return listSamples(workspace.database).find((sample) => sample.id === id)!
    },
    samples: () => listSamples(workspace.database),
    judgeBlind: (input, { author }) =>
      workspace.edit('review.judgeBlind', author, (recorder) =>
        judgeBlind(workspace.database, recorder, input, author),
      ),
  }
}
