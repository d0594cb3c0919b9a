import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ClipPage, ClipPosition } from '../../../shared/contract/clips'
import type { ClipFacets, FacetValues } from '../../../shared/contract/facets'
import type { Coverage } from '../../../shared/contract/coverage'
import { type FacetQuestion, readFacets, readFacetValues } from './clip-facets'
import { findClipPosition, listClipIds, listClips } from './clips'
import type { OntologyClass } from '../../../shared/contract/ontology'
import { type CatalogCounts, readCounts } from './catalog-counts'
import { type CoverageQuestion, readCoverage } from './coverage'
import type { Database } from './database'
import { listClasses } from './ontology'

/** What windows ask of a list. */
export type ClipQuestion =
  | { kind: 'page'; query: ClipQuery; offset: number; limit: number }
  | { kind: 'facets'; query: ClipQuery }
  | ({ kind: 'facetValues' } & FacetQuestion)
  | { kind: 'position'; query: ClipQuery; id: string }
  | { kind: 'counts' }
  | { kind: 'classes' }
  | ({ kind: 'coverage' } & CoverageQuestion)
  | { kind: 'ids'; query: ClipQuery; offset: number; limit: number | null }

export interface ClipAnswers {
  page: ClipPage
  facets: ClipFacets
  facetValues: FacetValues
  position: ClipPosition
  ids: string[]
  counts: CatalogCounts
  classes: OntologyClass[]
  coverage: Coverage
}

/** Answers a question about a list by SQL alone. */
export function answerClips(database: Database, question: ClipQuestion): ClipAnswers[ClipQuestion['kind']] {
  switch (question.kind) {
    case 'page':
      return listClips(database, question.query, question.offset, question.limit)
    case 'facets':
      return readFacets(database, question.query)
    case 'facetValues':
      return readFacetValues(database, question)
    case 'position':
      return findClipPosition(database, question.query, question.id)
    case 'classes':
      return listClasses(database)
    case 'counts':
      return readCounts(database)
    case 'coverage':
      return readCoverage(database, question)
    case 'ids':
      return listClipIds(database, question.query, question.offset, question.limit)
  }
}
