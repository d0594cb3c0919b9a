/** What a child is told to do, and what it tells of it. */

/** Longer than this over one input is a hang. */
export const limitMs = 2000
/** Memory that reading one small input may take at most beyond what was in use before. */
export const limitResidentBytes = 256 * 2 ** 20
/** Memory that it may reserve, touched or not. */
export const limitReservedBytes = 2 ** 30

export interface FuzzOrder {
  target: string
  seed: number
  /** Inputs from here … */
  from: number
  /** … to here, this one excluded. */
  to: number
  /** Which input is being read, since when: eight bytes each, written before each input. */
  progressFile: string
  /** Every so many inputs are imported into a catalog too; 0 is none. */
  importEvery: number
  /** The input is looked at again by itself, after it was suspected. */
  isAlone?: boolean
  /** Where to write the files of faulty inputs. */
  saveTo?: string
}

export interface FuzzFault {
  index: number
  kind: 'crash' | 'hang' | 'memory' | 'catalog'
  /** What happened, with where it did. */
  message: string
}

export interface FuzzCounts {
  inputs: number
  taken: number
  refused: number
  /** Inputs that were imported into a catalog, and those of them that it refused. */
  imported: number
  importsRefused: number
  slowestMs: number
  /** The most memory that one input took. */
  mostResidentBytes: number
}

export type FuzzEvent =
  | { type: 'fault'; fault: FuzzFault }
  /** An input that was slow or large beside others: to be looked at alone. */
  | { type: 'suspect'; index: number; reason: string }
  | { type: 'counts'; counts: FuzzCounts }
