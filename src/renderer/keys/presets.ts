/**
 * Keys as other programs have them, for hands that know those. A preset names only what differs from Earmark's own
 * keys; where it takes a key, it says which one the act that had it has instead.
 */
import type { PresetId } from '../../shared/contract/keymap'
import type { ActionId } from './key-table'

export interface Preset {
  title: string
  /** Where the keys are from, and what of them could not be had. */
  source: string
  /** By action; alternatives with a space between. */
  keys: Partial<Record<ActionId, string>>
}

export const presets: Record<PresetId, Preset> = {
  earmark: { title: 'Earmark', source: 'Single letters; nothing needs two hands.', keys: {} },
  audacity: {
    title: 'Audacity',
    source:
      'Audacity 3’s manual, “Keyboard Shortcut Reference”. Tab goes through the labels while the keyboard is in the editor.',
    keys: {
      'annotate.mark': 'Mod+M Mod+B',
      'annotate.down': 'Tab Alt+ArrowRight ArrowDown',
      'annotate.up': 'Shift+Tab Alt+ArrowLeft ArrowUp',
      'annotate.zoomIn': 'Mod+1',
      'annotate.zoomOut': 'Mod+3',
      'annotate.fit': 'Mod+F',
      'annotate.fitSegment': 'Mod+E',
      'annotate.delete': 'Delete Backspace',
      'annotate.label': 'F2 L',
      'transport.loop': 'Shift+L',
      'annotate.again': 'Alt+A',
      'history.redo': 'Mod+Y Mod+Shift+Z',
      'annotate.split': 'Mod+I',
      'annotate.merge': 'Mod+J',
      'annotate.duplicate': 'Mod+D',
      'annotate.snapZero': 'Z',
      'library.query': '/',
    },
  },
  raven: {
    title: 'Raven',
    source:
      'What Raven’s manuals say in passing (Enter takes the selection into the table, Page keys turn the page); Cornell publishes no list of keys that could be checked.',
    keys: {
      'annotate.mark': 'Enter S',
      'annotate.playSegment': 'Shift+Space Mod+Shift+P',
      'annotate.next': 'PageDown N',
      'annotate.previous': 'PageUp P',
    },
  },
  whombat: {
    title: 'Whombat',
    source:
      'Its source (front/src/app/hooks/hotkeys): A draws, D deletes, Z zooms, B goes back, N and P change the task.',
    keys: {
      'annotate.mark': 'A',
      'annotate.accept': 'Alt+A',
      'annotate.thresholds': 'Alt+Shift+H',
      'annotate.delete': 'D Delete Backspace',
      'annotate.fitSegment': 'Z',
      'annotate.fit': 'B 0',
      'transport.box': 'Shift+B',
      'go.batches': 'Alt+Shift+B',
      'annotate.bounds': 'Alt+B',
      'annotate.label': 'T L',
      'annotate.times': 'Shift+E',
      'annotate.duplicate': 'Mod+D',
      'app.keys': 'H ?',
      'review.accepted': 'G A',
      'review.returned': 'R',
      'review.reviewed': 'V',
    },
  },
  'label-studio': {
    title: 'Label Studio',
    source:
      'Its keymap.json: Ctrl with the arrows changes the task, Alt+Space plays, Alt+. goes through the regions, U lets go of one, Ctrl+D duplicates, Alt+H hides, Alt+L locks, Alt+M notes.',
    keys: {
      'transport.play': 'Alt+Space Space',
      'transport.back': 'Mod+B ,',
      'annotate.next': 'Mod+ArrowRight',
      'annotate.previous': 'Mod+ArrowLeft',
      'annotate.back': 'Alt+ArrowLeft ArrowLeft',
      'annotate.forward': 'Alt+ArrowRight ArrowRight',
      'annotate.down': 'Alt+. ArrowDown',
      'annotate.startEarlier': 'Alt+Shift+ArrowLeft',
      'annotate.startLater': 'Alt+Shift+ArrowRight',
      'annotate.duplicate': 'Mod+D',
      'annotate.note': 'Alt+M',
      'annotate.tierLock': 'Alt+L',
      'transport.listening': 'Alt+Shift+L',
      'annotate.deselect': 'U',
      'annotate.unsure': 'Shift+U',
      'annotate.delete': 'Backspace Delete',
    },
  },
  praat: {
    title: 'Praat',
    source:
      'Its source (FunctionEditor.cpp, TextGridArea.cpp): Tab plays, Enter sets a boundary, Alt with the arrows changes interval and tier, Ctrl with I, O, A, N zooms. Browsers keep Ctrl+N, so Alt+N does the same.',
    keys: {
      'transport.play': 'Tab Space',
      'annotate.playSegment': 'Shift+Tab Shift+Space',
      'annotate.mark': 'Enter S',
      'annotate.up': 'Alt+ArrowLeft ArrowUp',
      'annotate.down': 'Alt+ArrowRight ArrowDown',
      'annotate.zoomIn': 'Mod+I +',
      'annotate.zoomOut': 'Mod+O -',
      'annotate.fit': 'Mod+A 0',
      'annotate.fitSegment': 'Mod+N Alt+N Z',
      'annotate.playOn': 'Alt+Shift+O',
      'annotate.delete': 'Alt+Backspace Delete',
      'annotate.snapZero': 'Mod+0',
      'app.catalog': 'Mod+Shift+O',
    },
  },
}
