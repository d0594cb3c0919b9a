import type { OntologyClass } from '../../shared/contract/ontology'

/** A class of an ontology whose name is its id, with nothing else told of it but what is given. */
export const ontologyClass = (id: string, more: Partial<OntologyClass> = {}): OntologyClass => ({
  id,
  name: id,
  code: null,
  mid: null,
  description: '',
  synonyms: [],
  colour: null,
  quickCode: null,
  isAbstract: false,
  isBlacklisted: false,
  parentIds: [],
  clipCount: 0,
  clipCountUnder: 0,
  ...more,
})
