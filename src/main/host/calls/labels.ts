import type { Handlers } from '../../../shared/contract/contract'
import { editClips } from '../bulk-edits'
import { finishClip } from '../catalog/finish-clip'
import { correctLabel, setFullyAnnotated, setLabel } from '../catalog/labels'
import type { Workspace } from '../workspace'

export function labelHandlers(workspace: Workspace): Handlers['labels'] {
  return {
    set: (input, { author }) =>
      editClips(workspace, { kind: 'labels.set', input }, author, (recorder, clipIds) =>
        setLabel(workspace.database, recorder, { ...input, clipIds }, author),
      ),
    setFullyAnnotated: (input, { author }) =>
      editClips(workspace, { kind: 'labels.complete', input }, author, (recorder, clipIds) =>
        setFullyAnnotated(workspace.database, recorder, { ...input, clipIds }),
      ),
    finish: (input, { author }) =>
      workspace.edit('labels.finish', author, (recorder) => finishClip(workspace.database, recorder, input, author)),
    correct: (input, { author }) =>
      editClips(workspace, { kind: 'labels.correct', input }, author, (recorder, clipIds) =>
        correctLabel(workspace.database, recorder, { ...input, clipIds }, author),
      ),
  }
}
