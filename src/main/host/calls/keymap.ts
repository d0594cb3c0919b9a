import type { Handlers } from '../../../shared/contract/contract'
import type { Workspace } from '../workspace'

export function keymapHandlers(workspace: Workspace): Handlers['keymap'] {
  return {
    get: () => workspace.settings.read().keymap,
    set(keymap) {
      workspace.settings.setKeymap(keymap)
      workspace.announcer.tell('keymap.changed', keymap)
      return keymap
    },
  }
}
