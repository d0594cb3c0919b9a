import type { Handlers } from '../../../shared/contract/contract'
import {
  createAnnotation,
  listAnnotations,
  readAnnotation,
  removeAnnotations,
  setAnnotationLabel,
  updateAnnotation,
} from '../catalog/annotations'
import type { Workspace } from '../workspace'

export function annotationHandlers(workspace: Workspace): Handlers['annotations'] {
  return {
    list: ({ clipId }) => listAnnotations(workspace.database, clipId),
    create(input, { author }) {
      const { id } = workspace.edit('annotations.create', author, (recorder) =>
        createAnnotation(workspace.database, recorder, input, author),
      )
      return readAnnotation(workspace.database, id)
    },
    update(input, { author }) {
      workspace.edit('annotations.update', author, (recorder) => updateAnnotation(workspace.database, recorder, input))
      return readAnnotation(workspace.database, input.id)
    },
    setLabel(input, { author }) {
      workspace.edit('annotations.setLabel', author, (recorder) =>
        setAnnotationLabel(workspace.database, recorder, input, author),
      )
      return readAnnotation(workspace.database, input.id)
    },
    remove: ({ ids }, { author }) =>
      workspace.edit('annotations.remove', author, (recorder) => removeAnnotations(workspace.database, recorder, ids)),
  }
}
