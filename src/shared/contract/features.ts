/** Front ends by name, and what they make of sound as a file for other programs. */
import { z } from 'zod'
import type { FrontEnd } from '../../dsp/recipe'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { frontEndSchema } from './front-end'
import { pathSchema } from './recordings'

export interface FrontEndInfo {
  name: string
  title: string
  /** Whose definition it is. */
  follows: string
  frontEnd: FrontEnd
  /** See hashFrontEnd. */
  hash: string
  /** What it does, part by part. */
  parts: string[]
  bands: number
  channels: number
}

export interface FeatureFile {
  path: string
  /** Clips or files, and the pictures made of them (more, where the front end cuts segments). */
  clips: number
  pictures: number
  /** Of the array of features; null in TFRecord, where each picture says its own. */
  shape: number[] | null
  bytes: number
  frontEndHash: string
}

export const featureCalls = {
  frontEnds: call(z.void()).returns<FrontEndInfo[]>(),
  /** Bands, channels and hash of any front end. @throws 'invalid-argument' for one that cannot be computed */
  describe: call(z.strictObject({ frontEnd: frontEndSchema })).returns<
    Pick<FrontEndInfo, 'hash' | 'parts' | 'bands' | 'channels'>
  >(),
  /**
   * Computes the features of clips of the open catalog, or of one sound file that needs no catalog, and writes them to
   * a new file: .npy, .npz or .tfrecord by its name. Tells 'features.progress'. A long sound file is heard in pieces, where its
   * front end allows it (see reasonForWhole), and .npy is written as it is computed.
   */
  write: call(
    z.strictObject({
      of: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('file'), path: pathSchema }),
        z.strictObject({ kind: z.literal('clips'), query: clipQuerySchema }),
      ]),
      frontEnd: frontEndSchema,
      out: pathSchema,
    }),
  ).returns<FeatureFile>(),
}
