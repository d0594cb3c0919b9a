import type { CatalogInfo } from '../../../shared/contract/workspace'
import type { Database } from './database'

/** How much is in a catalog. */
export type CatalogCounts = Omit<CatalogInfo, 'path' | 'name'>

/** Counts every row: a tenth of a second for five million labels. */
export function readCounts(database: Database): CatalogCounts {
  return database.get<CatalogCounts>(
    `SELECT (SELECT count(*) FROM recordings) AS recordings, (SELECT count(*) FROM clips) AS clips,
       (SELECT count(*) FROM clip_labels) AS labels, (SELECT count(*) FROM annotations) AS annotations,
       (SELECT count(*) FROM ontology_classes) AS classes, (SELECT count(*) FROM runs) AS runs`,
  )!
}

/** The same where the large numbers are known. */
export function completeCounts(database: Database, known: { clips: number; labels: number }): CatalogCounts {
  const others = database.get<Omit<CatalogCounts, 'clips' | 'labels'>>(
    `SELECT (SELECT count(*) FROM recordings) AS recordings, (SELECT count(*) FROM annotations) AS annotations,
       (SELECT count(*) FROM ontology_classes) AS classes, (SELECT count(*) FROM runs) AS runs`,
  )!
  return { ...others, ...known }
}
