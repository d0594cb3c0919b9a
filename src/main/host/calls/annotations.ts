import type { Handlers } from '../../../shared/contract/contract'
import { copyAnnotations, mergeAnnotations, splitAnnotation } from '../catalog/annotation-operations'
import {
  createAnnotation,
  listAnnotations,
  readAnnotation,
  removeAnnotations,
  setAnnotationLabel,
  updateAnnotation,
} from '../catalog/annotations'
import { listTiers, lockTier } from '../catalog/tiers'
import type { Workspace } from '../workspace'

export function annotationHandlers(workspace: Workspace): Handlers['annotations'] {
  const read = (id: string) => readAnnotation(workspace.database, id)
  return {
    list: ({ clipId }) => listAnnotations(workspace.database, clipId),
    create(input, { author }) {
      const { id } = workspace.edit('annotations.create', author, (recorder) =>
        createAnnotation(workspace.database, recorder, input, author),
      )
      return read(id)
    },
    update(input, { author }) {
      workspace.edit('annotations.update', author, (recorder) => updateAnnotation(workspace.database, recorder, input))
      return read(input.id)
    },
    setLabel(input, { author }) {
      workspace.edit('annotations.setLabel', author, (recorder) =>
        setAnnotationLabel(workspace.database, recorder, input, author),
      )
      return read(input.id)
    },
    split: (input, { author }) =>
      workspace
        .edit('annotations.split', author, (recorder) => splitAnnotation(workspace.database, recorder, input, author))
        .ids.map(read),
    merge: ({ ids }, { author }) =>
      read(
        workspace.edit('annotations.merge', author, (recorder) =>
          mergeAnnotations(workspace.database, recorder, ids, author),
        ).id,
      ),
    copy: (input, { author }) =>
      workspace
        .edit('annotations.copy', author, (recorder) => copyAnnotations(workspace.database, recorder, input, author))
        .ids.map(read),
    remove: ({ ids }, { author }) =>
      workspace.edit('annotations.remove', author, (recorder) => removeAnnotations(workspace.database, recorder, ids)),
    tiers: () => listTiers(workspace.database),
    lockTier: (input, { author }) =>
      workspace.edit('annotations.lockTier', author, (recorder) =>
        lockTier(workspace.database, recorder, input, author),
      ),
  }
}
