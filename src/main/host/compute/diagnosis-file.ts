import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnosis } from '../../../shared/job/diagnosis'
import { writeFileWhole } from '../../disk/write-file-whole'

export interface KeptDiagnosis {
  /** What the diagnosis depends on, in one word. */
  key: string
  diagnosis: Diagnosis
}

/** Changed when the shape of a diagnosis, or what its proof computes, changes. */
const schema = 1

/** The last diagnosis, in the cache of the person's folder: it can be thrown away and is made again. */
export class DiagnosisFile {
  private readonly folder: string
  private readonly file: string

  constructor(
    userFolder: string,
    private readonly log: (line: string) => void,
  ) {
    this.folder = join(userFolder, 'cache')
    this.file = join(this.folder, 'compute.json')
  }

  /** Read anew each time, since another Earmark may have written it. A damaged file counts as none. */
  read(): KeptDiagnosis | null {
    try {
      const kept = JSON.parse(readFileSync(this.file, 'utf8')) as KeptDiagnosis & { schema?: unknown }
      const isWhole = kept.schema === schema && typeof kept.key === 'string' && Array.isArray(kept.diagnosis.backends)
      return isWhole ? { key: kept.key, diagnosis: kept.diagnosis } : null
    } catch {
      return null
    }
  }

  /** A folder that cannot be written only costs the next measure. */
  write(kept: KeptDiagnosis): void {
    try {
      mkdirSync(this.folder, { recursive: true })
      writeFileWhole(this.file, `${JSON.stringify({ schema, ...kept }, null, 1)}\n`)
    } catch (error) {
      this.log(`${this.file} could not be written: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
