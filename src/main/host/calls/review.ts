import type { Handlers } from '../../../shared/contract/contract'
import { drawSample, judgeBlind, listSamples } from '../catalog/blind-samples'
import { countByStatus, readQueue, readStanding, setStatus } from '../catalog/review'
import type { Workspace } from '../workspace'

export function reviewHandlers(workspace: Workspace): Handlers['review'] {
  return {
    queue: (input) => readQueue(workspace.database, input),
    counts: () => countByStatus(workspace.database),
    standing: ({ clipIds }) => readStanding(workspace.database, clipIds),
    setStatus: (input, { author }) =>
      workspace.edit('review.setStatus', author, (recorder) => setStatus(workspace.database, recorder, input, author)),
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
