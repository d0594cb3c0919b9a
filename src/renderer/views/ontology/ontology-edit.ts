/** What the dialog of the ontology does; all but adding and renaming counts first what would change. */
export type OntologyEdit = 'add' | 'rename' | 'merge' | 'split' | 'remap' | 'import'
