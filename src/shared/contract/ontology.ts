import { z } from 'zod'
import { call } from './define'
import { idSchema } from './labels'

export interface OntologyClass {
  id: string
  name: string
  /** The dataset's own number (ESC-50's target), when it has one. */
  code: number | null
  /** AudioSet's machine identifier, as /m/0bt9lr. */
  mid: string | null
  /** Clips on which the class is present. */
  clipCount: number
}

export const ontologyCalls = {
  list: call(z.void()).returns<OntologyClass[]>(),
  add: call(z.strictObject({ name: z.string().trim().min(1).max(200) })).returns<OntologyClass>(),
  rename: call(z.strictObject({ id: idSchema, name: z.string().trim().min(1).max(200) })).returns<OntologyClass>(),
}
