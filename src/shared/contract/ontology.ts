import { z } from 'zod'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { type CommandResult, idSchema } from './labels'

export interface OntologyClass {
  id: string
  name: string
  /** The dataset's own number (ESC-50's target), when it has one. */
  code: number | null
  /** AudioSet's machine identifier, as /m/0bt9lr. */
  mid: string | null
  description: string
  synonyms: string[]
  /** As #rrggbb; null takes one of the palette. */
  colour: string | null
  /** Unique in any case of letters; typed to label. */
  quickCode: string | null
  /** A heading of the tree, or too vague to be judged: no label may name it. */
  isAbstract: boolean
  isBlacklisted: boolean
  /** The classes that it stands under: several are allowed, circles are not. */
  parentIds: string[]
  /** Clips on which the class is present. */
  clipCount: number
  /** Clips on which it, or a class that proves it, is present: what `under:` finds. null where that is not counted. */
  clipCountUnder: number | null
}

/** How many judgements an edit of the ontology moves to other classes. */
export interface OntologyMove extends CommandResult {
  /** Clips whose own or segments' labels change. */
  clips: number
  clipLabels: number
  segmentLabels: number
  /** Labels that fall together with one of the same clip or segment. */
  joined: number
  /** Those of them whose states differ: present is kept. */
  conflicts: number
}

/** What becomes of the labels of one class in a remap. */
export interface RemapPair {
  /** The names of the classes, whatever named them. */
  from: string
  to: string
  /** The class does not exist yet. */
  isNew: boolean
  /** Labels of clips and segments that move. */
  labels: number
}

export interface OntologyRemap extends OntologyMove {
  /** In the order in which they were given. */
  pairs: RemapPair[]
}

export interface OntologyImport extends CommandResult {
  classes: number
  added: number
  changed: number
  restricted: number
}

const nameSchema = z.string().trim().min(1).max(200)
const pathSchema = z.string().min(1).max(4096)

export const ontologyCalls = {
  list: call(z.void()).returns<OntologyClass[]>(),
  /** The number and content hash of the ontology as it is now. */
  version: call(z.void()).returns<{ number: number; contentHash: string }>(),
  add: call(
    z.strictObject({ name: nameSchema, parentIds: z.array(idSchema).max(100).default([]) }),
  ).returns<OntologyClass>(),
  rename: call(z.strictObject({ id: idSchema, name: nameSchema })).returns<OntologyClass>(),
  /** Changes what is given, in one edit. */
  update: call(
    z.strictObject({
      id: idSchema,
      description: z.string().max(10_000).optional(),
      synonyms: z.array(nameSchema).max(100).optional(),
      colour: z
        .string()
        .regex(/^#[0-9a-f]{6}$/)
        .nullable()
        .optional(),
      quickCode: z
        .string()
        .regex(/^\S{1,8}$/, 'one to eight characters without a space')
        .nullable()
        .optional(),
      parentIds: z.array(idSchema).max(100).optional(),
    }),
  ).returns<OntologyClass>(),
  /** AudioSet's JSON or a list of classes; a dry run changes nothing. */
  importFile: call(
    z.strictObject({ path: pathSchema, isDryRun: z.boolean().default(false) }),
  ).returns<OntologyImport>(),
  /** Every label of one class becomes one of the other, and the class goes; a dry run only counts. */
  merge: call(
    z.strictObject({ fromId: idSchema, intoId: idSchema, isDryRun: z.boolean().default(false) }),
  ).returns<OntologyMove>(),
  /** Labels of a class on the clips of a query become labels of a new class beside it. */
  split: call(
    z.strictObject({ id: idSchema, name: nameSchema, query: clipQuerySchema, isDryRun: z.boolean().default(false) }),
  ).returns<OntologyMove>(),
  /** Labels move from class to class, all at once, so that two may change places. Names, MIDs or quick codes. */
  remap: call(
    z.strictObject({
      pairs: z
        .array(z.strictObject({ from: nameSchema, to: nameSchema }))
        .min(1)
        .max(10_000),
      isDryRun: z.boolean().default(false),
    }),
  ).returns<OntologyRemap>(),
  /** As `remap`, with the pairs of a CSV file: old, new. */
  remapFile: call(z.strictObject({ path: pathSchema, isDryRun: z.boolean().default(false) })).returns<OntologyRemap>(),
}
