/** Everything that a key can do: its name, where it counts, and its key as Earmark comes. */

/** Where an action can be done. Those of one view, of the transport and of the frame are live together. */
export type Scope =
  | 'everywhere'
  | 'sound'
  | 'library'
  | 'annotate'
  | 'evaluate'
  | 'review'
  | 'queue'
  | 'blind'
  | 'session'
  | 'conflicts'
  | 'augment'
  | 'train'
  | 'batches'
  | 'splits'
  | 'snapshots'
  | 'ontology'

export interface KeyEntry {
  scope: Scope
  /** Heading under which it is listed. */
  section: string
  title: string
  keys: readonly string[]
  /** It is the same act in another place: its keys are always those of the other. */
  follows?: string
  /** Also works while the caret is in a field. */
  isAllowedInFields?: boolean
  /** Too small or too many for the palette. */
  isHiddenInPalette?: boolean
  /** The way out of everything: it cannot be given another key. */
  isFixed?: boolean
}

type More = Omit<KeyEntry, 'scope' | 'section' | 'title' | 'keys'>
/** Title, and keys with a space between alternatives. */
type Given = readonly [title: string, keys: string, more?: More]

function group<const T extends Record<string, Given>>(
  scope: Scope,
  section: string,
  entries: T,
): { [Id in keyof T]: KeyEntry } {
  const made = Object.entries(entries).map(([id, [title, keys, more]]) => [
    id,
    { scope, section, title, keys: keys.split(' ').filter(Boolean), ...more },
  ])
  return Object.fromEntries(made) as { [Id in keyof T]: KeyEntry }
}

/** The keys of the label palette. */
export const paletteDigits = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const
export type PaletteDigit = (typeof paletteDigits)[number]

const inFields = { isAllowedInFields: true }

export const keyTable = {
  ...group('everywhere', 'Everywhere', {
    'app.palette': ['Command palette', 'Mod+K', { isAllowedInFields: true, isHiddenInPalette: true }],
    'app.keys': ['Show the keys', '?'],
    'history.undo': ['Undo', 'Mod+Z'],
    'history.redo': ['Redo', 'Mod+Shift+Z Mod+Y'],
    'app.theme': ['Switch between dark and light', 'Shift+T'],
    'app.catalog': ['Open another catalog', 'Mod+O'],
    'rail.history': ['Show history', 'Shift+H'],
    'rail.jobs': ['Show jobs', 'Shift+J'],
  }),
  ...group('everywhere', 'Places', {
    'go.library': ['Go to Library', 'Alt+1'],
    'go.annotate': ['Go to Annotate', 'Alt+2'],
    'go.train': ['Go to Train', 'Alt+3'],
    'go.evaluate': ['Go to Evaluate', 'Alt+4'],
    'go.export': ['Go to Export', 'Alt+5'],
    'go.settings': ['Go to Settings', 'Alt+6'],
    'go.splits': ['Go to Splits', 'Alt+7'],
    'go.coverage': ['Go to Coverage', 'Alt+8'],
    'go.review': ['Go to Review', 'Alt+9'],
    'go.snapshots': ['Go to Snapshots', 'Alt+0'],
    'go.ontology': ['Go to Ontology', 'Alt+O'],
    'go.session': ['Go to Rate', 'Alt+T'],
    'go.augment': ['Go to Augment', 'Alt+G'],
    'go.batches': ['Go to Batches', 'Alt+B'],
  }),
  ...group('sound', 'Sound', {
    'transport.play': ['Play or pause', 'Space'],
    'transport.loop': ['Loop', 'O'],
    'transport.start': ['Back to the start', 'Home'],
    'transport.back': ['Back one second', ','],
    'transport.forward': ['Forward one second', '.'],
    'transport.slower': ['Slower', '<'],
    'transport.faster': ['Faster', '>'],
    'transport.normal': ['Normal speed', 'Alt+S'],
    'transport.pitch': ['Keep the pitch at other speeds, or not', 'Alt+P'],
    'transport.box': ['Hear only the box, or the full band', 'B'],
    'transport.rolls': ['Lead segments in and out, or not', 'Alt+R'],
    'transport.louder': ['Gain up by 6 dB', 'Alt+ArrowUp'],
    'transport.softer': ['Gain down by 6 dB', 'Alt+ArrowDown'],
    'transport.channel': ['Hear the next channel alone, then all', 'Alt+C'],
    'transport.ultrasound': ['Ultrasound: time expansion, heterodyne, off', 'Alt+U'],
    'transport.tuneUp': ['Ultrasound: tone up by 1 kHz, or more expansion', 'Alt+PageUp'],
    'transport.tuneDown': ['Ultrasound: tone down by 1 kHz, or less expansion', 'Alt+PageDown'],
    'transport.listening': ['Show or hide the listening settings', 'Alt+L'],
  }),
  ...group('library', 'Library', {
    'library.query': ['Write a query', '/ Mod+F'],
    'library.queryHelp': ['Explain the query', 'F1', inFields],
    'library.saveView': ['Save this query as a view…', 'Mod+S', inFields],
    'library.import': ['Import recordings…', 'Mod+I'],
    'library.names': ['Read metadata from file names…', 'Shift+M'],
    'library.relink': ['Find moved files…', 'Shift+R'],
    'library.all': ['Select all clips of the query', 'Mod+A'],
    'library.complete': ['Mark the selected clips as fully annotated, or not', 'F', { follows: 'annotate.complete' }],
    'library.label': ['Label the selected clips…', 'L', { follows: 'annotate.label' }],
    'library.open': ['Annotate the focused clip', 'Enter'],
    'library.done': ['Mark the selected clips as done', 'D', { follows: 'review.done' }],
    'library.reviewed': ['Mark the selected clips as reviewed', 'V', { follows: 'review.reviewed' }],
    'library.accepted': ['Accept the selected clips', 'A', { follows: 'review.accepted' }],
    'library.returned': ['Return the selected clips with a comment…', 'R', { follows: 'review.returned' }],
    'library.unlabeled': ['Selected clips back to unlabeled', 'U', { follows: 'review.unlabeled' }],
    'library.review': ['Review the clips of the query', 'Shift+V'],
    'library.rate': ['Rate the clips of the query', 'Shift+S'],
    'library.propose': ['Let a run propose segments on the clips of the query…', 'Alt+Shift+P'],
    ...digits('library.label', 'Mark the selected clips as class', (digit) => ({ follows: `annotate.label.${digit}` })),
    'library.facets': ['Show or hide the filters', 'Shift+F'],
    'library.inspector': ['Show or hide the inspector', 'I', { follows: 'annotate.inspector' }],
  }),
  ...group('annotate', 'Annotate', {
    'annotate.next': ['Next clip', 'N'],
    'annotate.previous': ['Previous clip', 'P'],
    'annotate.playSegment': ['Play the segment', 'Shift+Space Enter'],
    'annotate.playOn': ['Play on through the list, or stop at the clip’s end', 'Alt+N'],
    'annotate.box': ['Hear only the selected box, or the full band', 'B', { follows: 'transport.box' }],
    'annotate.loop': ['Loop the segment, or the clip', 'O', { follows: 'transport.loop' }],
    'annotate.back': ['Playhead back', 'ArrowLeft'],
    'annotate.forward': ['Playhead forward', 'ArrowRight'],
    'annotate.up': ['Previous segment', 'ArrowUp'],
    'annotate.down': ['Next segment', 'ArrowDown'],
    'annotate.mark': ['Begin a segment here, then end it', 'S'],
    'annotate.delete': ['Delete the segment', 'Delete Backspace'],
    'annotate.label': ['Label the segment, or the clip…', 'L'],
    'annotate.again': ['Label as last time', 'Shift+L'],
    'annotate.code': ['Label by quick code…', ';'],
    'annotate.unsure': ['Cannot tell whether it is…', 'U'],
    'annotate.quick': ['Digits label, finish the clip and go on, or only label', 'Q'],
    'annotate.quickAgain': ['Label as last time, finish the clip and go on', 'Shift+Q'],
    'annotate.zoomIn': ['Zoom in', '+ ='],
    'annotate.zoomOut': ['Zoom out', '-'],
    'annotate.fit': ['Show the whole clip', '0'],
    'annotate.fitSegment': ['Zoom to the segment', 'Z'],
    'annotate.complete': ['Mark the clip as fully annotated, or not', 'F'],
    'annotate.picture': ['Show or hide the picture settings', 'Shift+P'],
    'annotate.modelView': ['See what the model sees, or the spectrogram', 'M'],
    'annotate.modelClass': ['Where the model finds the next class', 'C'],
    'annotate.modelClassBack': ['Where the model finds the class before', 'Shift+C'],
    'annotate.modelMap': ['Stronger, weaker or no class map', 'Alt+Shift+M'],
    'annotate.modelDraw': ['Training crop of the clip, another draw', 'Shift+M'],
    'annotate.modelCrop': ['Next crop that the model scores, then all', 'Alt+K'],
    'annotate.modelWhole': ['All that the model scores, no single crop', 'Alt+W'],
    'annotate.inspector': ['Show or hide the inspector', 'I'],
    'annotate.leave': ['Out of this: drag, selection, clip', 'Escape', { isFixed: true }],
    ...digits('annotate.label', 'Next state of class', () => ({})),
  }),
  ...group('annotate', 'Segments', {
    'annotate.split': ['Split the segment at the playhead', 'X'],
    'annotate.merge': ['Merge the selected segments, or with the next', 'J'],
    'annotate.duplicate': ['Duplicate the segment', 'D'],
    'annotate.extendUp': ['Select the previous segment too', 'Shift+ArrowUp'],
    'annotate.extendDown': ['Select the next segment too', 'Shift+ArrowDown'],
    'annotate.deselect': ['Select no segment', 'Mod+Shift+A'],
    'annotate.times': ['Type start, end, low and high', 'T'],
    'annotate.note': ['Write a note on the segment', 'Shift+N'],
    'annotate.startHere': ['Segment starts at the playhead', '['],
    'annotate.endHere': ['Segment ends at the playhead', ']'],
    'annotate.startEarlier': ['Segment starts one step earlier', 'Mod+ArrowLeft'],
    'annotate.startLater': ['Segment starts one step later', 'Mod+ArrowRight'],
    'annotate.endEarlier': ['Segment ends one step earlier', 'Shift+ArrowLeft'],
    'annotate.endLater': ['Segment ends one step later', 'Shift+ArrowRight'],
    'annotate.moveEarlier': ['Move the segment one step earlier', 'Mod+Shift+ArrowLeft'],
    'annotate.moveLater': ['Move the segment one step later', 'Mod+Shift+ArrowRight'],
    'annotate.nudgeStep': ['Step of 1 ms, 10 ms or one frame', 'G'],
    'annotate.snapEdges': ['Put both edges to the edges of others', 'V'],
    'annotate.snapZero': ['Put both edges to zero crossings', 'Shift+Z'],
    'annotate.snapOnsets': ['Show onsets near the edges, then go there', 'Y'],
    'annotate.snapMode': ['What dragged edges snap to', 'Shift+V'],
    'annotate.bounds': ['Show or hide frequency bounds', 'Shift+B'],
  }),
  ...group('annotate', 'Proposals', {
    'annotate.proposalNext': ['Next proposal', 'K'],
    'annotate.proposalPrevious': ['Previous proposal', 'Shift+K'],
    'annotate.accept': ['Accept the proposal, and go to the next', 'A'],
    'annotate.edit': ['Accept the proposal and type its edges', 'E'],
    'annotate.reject': ['Reject the proposal, and go to the next', 'R'],
    'annotate.rejectClass': ['Reject: its class is nowhere on this clip', 'Shift+R'],
    'annotate.acceptShown': ['Accept all proposals that are shown', 'Shift+A'],
    'annotate.rejectHidden': ['Reject all proposals below their threshold', 'Alt+Shift+R'],
    'annotate.thresholds': ['Set the thresholds of proposals', 'H'],
    'annotate.judged': ['Show or hide proposals that were judged', 'Alt+Shift+J'],
    'annotate.propose': ['Let a run propose segments on this clip…', 'Alt+Shift+P'],
  }),
  ...group('annotate', 'By ear', {
    'annotate.outline': ['Say and play each segment that is stepped to, or not', 'Alt+V'],
    'annotate.sayHere': ['Say where the playhead is', 'W'],
    'annotate.sayClip': ['Say what the clip is', 'Shift+W'],
    'annotate.edgeNext': ['Playhead to the next edge of a segment', 'Shift+PageDown'],
    'annotate.edgeBack': ['Playhead to the edge before', 'Shift+PageUp'],
    'annotate.goTo': ['Playhead to a moment…', 'Mod+G'],
  }),
  ...group('annotate', 'Tiers', {
    'annotate.tierUp': ['Previous tier for new segments', 'Alt+Shift+ArrowUp'],
    'annotate.tierDown': ['Next tier for new segments', 'Alt+Shift+ArrowDown'],
    'annotate.tierNew': ['Make a tier…', 'Alt+Shift+N'],
    'annotate.tierHide': ['Hide or show the tier', 'Alt+H'],
    'annotate.tierLock': ['Lock or unlock the tier', 'Alt+Shift+L'],
    'annotate.tierCopy': ['Copy the segments to the tier', 'Alt+Shift+C'],
    'annotate.diff': ['Compare the tier with the next one', 'Alt+D'],
    'annotate.diffNext': ['Next difference of the tiers', 'Alt+J'],
  }),
  ...group('evaluate', 'Clips in this cell', {
    'playlist.play': ['Play or pause the clip', 'Space', { follows: 'transport.play', isHiddenInPalette: true }],
    'playlist.keep': ['Keep the label', 'K'],
    'playlist.predicted': ['Relabel to predicted', 'P'],
    'playlist.relabel': ['Relabel to another class', 'R'],
    'playlist.rate': ['Rate these clips, one class after the other', 'Shift+S'],
    'playlist.close': ['Close the cell', 'Escape', { isHiddenInPalette: true, isFixed: true }],
  }),
  ...group('review', 'Review', {
    'review.show.queue': ['Review: Queue', 'Shift+F1'],
    'review.show.blind': ['Review: Blind sample', 'Shift+F2'],
    'review.show.agreement': ['Review: Agreement', 'Shift+F3'],
    'review.show.conflicts': ['Review: Conflicts', 'Shift+F4'],
    'review.merge': ['Merge a copy', 'M'],
  }),
  ...group('queue', 'Review queue', {
    'review.done': ['Mark as done', 'D'],
    'review.reviewed': ['Mark as reviewed', 'V'],
    'review.accepted': ['Accept', 'A'],
    'review.returned': ['Return with a comment…', 'R'],
    'review.unlabeled': ['Back to unlabeled', 'U'],
    'review.next': ['Next clip', 'ArrowDown'],
    'review.previous': ['Previous clip', 'ArrowUp'],
    'review.nextPage': ['A page of clips on', 'PageDown'],
    'review.previousPage': ['A page of clips back', 'PageUp'],
    'review.play': ['Play or pause the clip', 'Space', { follows: 'transport.play' }],
    'review.annotate': ['Open in Annotate', 'E'],
  }),
  ...group('blind', 'Blind sample', {
    'blind.play': ['Play or pause the clip', 'Space', { follows: 'transport.play' }],
    'blind.judge': ['Store the judgement', 'Enter'],
    'blind.pick': ['Find a class', 'L', { follows: 'annotate.label' }],
    ...digits('blind.class', 'Hear class', (digit) => ({
      follows: `annotate.label.${digit}`,
      isHiddenInPalette: true,
    })),
    'blind.class.10': ['Hear class 10', '0', { isHiddenInPalette: true }],
  }),
  ...group('session', 'Rating session', {
    'session.start': ['Start the session', 'Mod+Enter', inFields],
    'session.present': ['Present', 'Y 1'],
    'session.absent': ['Not present', 'N 2'],
    'session.unsure': ['Unsure', 'U 3'],
    'session.back': ['Segment before', 'ArrowLeft'],
    'session.skip': ['Skip, or go on', 'ArrowRight'],
    'session.up': ['Class before', 'ArrowUp'],
    'session.down': ['Next class', 'ArrowDown'],
    'session.play': ['Play or pause the segment', 'Space', { follows: 'transport.play' }],
    'session.again': ['Hear it again from its start', 'Enter'],
    'session.note': ['Write a note on the clip', 'M'],
    'session.autoplay': ['Play each segment by itself, or not', 'Shift+A'],
    'session.annotate': ['Open in Annotate', 'E', { follows: 'review.annotate' }],
    'session.leave': ['Out of this: note, session', 'Escape', { isFixed: true }],
  }),
  ...group('conflicts', 'Conflicts', {
    'conflict.hear': ['Hear the other version', 'X'],
    'conflict.ours': ['Keep ours', '1'],
    'conflict.theirs': ['Take theirs', '2'],
    'conflict.next': ['Next conflict', 'ArrowDown'],
    'conflict.previous': ['Previous conflict', 'ArrowUp'],
  }),
  ...group('augment', 'Augment', {
    'augment.play': ['Play the draw, or stop', 'Space', { follows: 'transport.play' }],
    'augment.swap': ['Hear the clip before or after', 'X'],
    'augment.nextDraw': ['Next draw', 'ArrowDown'],
    'augment.previousDraw': ['Previous draw', 'ArrowUp'],
    'augment.seed': ['Another seed', 'N'],
    'augment.nextClip': ['Next clip', 'J'],
    'augment.previousClip': ['Previous clip', 'K'],
    'augment.add': ['Add a step…', 'A'],
    'augment.up': ['Step earlier in the chain', 'Alt+ArrowUp', inFields],
    'augment.down': ['Step later in the chain', 'Alt+ArrowDown', inFields],
    'augment.toggle': ['Leave the step out, or do it again', 'Alt+M', inFields],
    'augment.spare': ['Step not for the classes of its cautions', 'Alt+X', inFields],
    'augment.remove': ['Take the step out', 'Alt+Delete', inFields],
    'augment.open': ['Open a chain…', 'O'],
    'augment.save': ['Save the chain as a file', 'Mod+S', inFields],
    'augment.render': ['Render to files…', 'R'],
    'augment.apply': ['Apply the chain to the new run', 'Mod+Enter', inFields],
  }),
  ...group('train', 'Train', {
    'train.start': ['Start training', 'Mod+Enter', inFields],
    'train.batches': ['Look at the batches of the run', 'B'],
  }),
  ...group('batches', 'Batches', {
    'batches.nextBatch': ['Next batch', 'J'],
    'batches.previousBatch': ['Batch before', 'K'],
    'batches.nextEpoch': ['Same batch of the next epoch', 'PageDown'],
    'batches.previousEpoch': ['Same batch of the epoch before', 'PageUp'],
    'batches.nextFold': ['Next fold', 'F'],
    'batches.nextExample': ['Next example', 'ArrowRight'],
    'batches.previousExample': ['Example before', 'ArrowLeft'],
    'batches.exampleBelow': ['Example below', 'ArrowDown'],
    'batches.exampleAbove': ['Example above', 'ArrowUp'],
    'batches.play': ['Play the example as it was trained on, or stop', 'Space', { follows: 'transport.play' }],
    'batches.annotate': ['Open in Annotate', 'E', { follows: 'review.annotate' }],
  }),
  ...group('splits', 'Splits', {
    'splits.make': ['Make the split', 'Mod+Enter', inFields],
    'splits.lock': ['Lock or unlock the test set', 'K'],
  }),
  ...group('snapshots', 'Snapshots', { 'snapshots.make': ['Make a snapshot…', 'N'] }),
  ...group('ontology', 'Ontology', {
    'ontology.search': ['Search the classes', '/', { follows: 'library.query' }],
    'ontology.add': ['Add a class…', 'N'],
    'ontology.import': ['Import an ontology…', 'Mod+I', { follows: 'library.import' }],
    'ontology.remap': ['Remap labels…', 'R'],
    'ontology.rename': ['Rename the class…', 'F2'],
    'ontology.merge': ['Merge the class into another…', 'M'],
    'ontology.split': ['Split the class…', 'S'],
    'ontology.place': ['Put the class under another…', 'P'],
  }),
} satisfies Record<string, KeyEntry>

export type ActionId = keyof typeof keyTable
export const actionIds = Object.keys(keyTable) as ActionId[]
export const isActionId = (id: string): id is ActionId => Object.hasOwn(keyTable, id)

/** Nine entries, one for each class of the palette. */
function digits<const Prefix extends string>(
  prefix: Prefix,
  title: string,
  more: (digit: PaletteDigit) => More,
): { [D in PaletteDigit as `${Prefix}.${D}`]: Given } {
  const made = paletteDigits.map((digit) => [`${prefix}.${digit}`, [`${title} ${digit}`, String(digit), more(digit)]])
  return Object.fromEntries(made) as { [D in PaletteDigit as `${Prefix}.${D}`]: Given }
}

const soundScopes: readonly Scope[] = [
  'library',
  'annotate',
  'evaluate',
  'review',
  'queue',
  'blind',
  'session',
  'conflicts',
  'splits',
]
const reviewParts: readonly Scope[] = ['queue', 'blind', 'conflicts']

/** Whether actions of two scopes can be there at the same time, so that a key must mean only one of them. */
export function areLiveTogether(a: Scope, b: Scope): boolean {
  const hasPair = (one: Scope, others: readonly Scope[]): boolean =>
    (a === one && others.includes(b)) || (b === one && others.includes(a))
  return (
    a === b ||
    a === 'everywhere' ||
    b === 'everywhere' ||
    hasPair('sound', soundScopes) ||
    hasPair('review', reviewParts)
  )
}

/** The entry whose keys an action has: its own, or that of the action it follows. */
export function leaderOf(id: ActionId): ActionId {
  const { follows } = keyTable[id] as KeyEntry
  return follows !== undefined && isActionId(follows) ? follows : id
}
