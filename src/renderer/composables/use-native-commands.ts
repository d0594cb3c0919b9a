import { onScopeDispose } from 'vue'
import type { MenuCommand } from '../../preload/bridge'
import type { ActionId } from '../keys/key-table'
import { native } from '../native'
import { knownActions, runAction } from './actions'

/** The application menu speaks in commands; each is an action of the page. */
const actionOfCommand: Record<MenuCommand, ActionId> = {
  'catalog.new': 'app.catalog',
  'catalog.open': 'app.catalog',
  'catalog.import': 'library.import',
  'catalog.export': 'go.export',
  'edit.undo': 'history.undo',
  'edit.redo': 'history.redo',
  'view.library': 'go.library',
  'view.annotate': 'go.annotate',
  'view.train': 'go.train',
  'view.evaluate': 'go.evaluate',
  'view.export': 'go.export',
  'help.keys': 'app.keys',
  'help.about': 'go.settings',
}

/** Runs what is chosen in the native menu; in a browser there is none. */
export function useNativeCommands(): void {
  const stop = native?.onCommand((command) => {
    const action = knownActions.value.find(({ id }) => id === actionOfCommand[command])
    if (action && (action.when?.() ?? true)) runAction(action)
  })
  if (stop) onScopeDispose(stop)
}
