/** What the dialog of the ontology does; all but adding and renaming counts first what would change. */
export type OntologyEdit = 'add' | 'rename' | 'merge' | 'split' | 'remap' | 'import'

/** Title of the dialog, and the word on its button. */
export const editWords: Readonly<Record<OntologyEdit, { title: string; verb: string }>> = {
  add: { title: 'Add a class', verb: 'Add' },
  rename: { title: 'Rename the class', verb: 'Rename' },
  merge: { title: 'Merge into another class', verb: 'Merge' },
  split: { title: 'Split the class', verb: 'Split' },
  remap: { title: 'Remap labels', verb: 'Remap' },
  import: { title: 'Import an ontology', verb: 'Import' },
}
