import type { Handlers } from '../../../shared/contract/contract'
import { correctLabel, setFullyAnnotated, setLabel } from '../catalog/labels'
import type { Workspace } from '../workspace'

export function labelHandlers(workspace: Workspace): Handlers['labels'] {
  return {
    set: (input, { author }) =>
      workspace.edit('labels.set', author, (recorder) => setLabel(workspace.database, recorder, input, author)),
    setFullyAnnotated: (input, { author }) =>
      workspace.edit('labels.complete', author, (recorder) => setFullyAnnotated(workspace.database, recorder, input)),
    correct: (input, { author }) =>
      workspace.edit('labels.correct', author, (recorder) => correctLabel(workspace.database, recorder, input, author)),
  }
}
