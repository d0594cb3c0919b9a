import type { Handlers } from '../../../shared/contract/contract'
import { newPicture, pictureSchema } from '../../../shared/contract/picture'
import { readSetting, writeSetting } from '../catalog/settings'
import type { Workspace } from '../workspace'

export function pictureHandlers(workspace: Workspace): Handlers['picture'] {
  return {
    get: () => readSetting(workspace.database, 'picture', pictureSchema) ?? newPicture(),
    set(picture) {
      writeSetting(workspace.database, 'picture', picture)
      workspace.announcer.tell('workspace.changed', {})
    },
  }
}
