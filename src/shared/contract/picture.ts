import { z } from 'zod'
import { call } from './define'
import { tileSettingsSchema } from './media'

/** How the annotator's spectrogram is computed and painted. */
export const pictureSchema = z.strictObject({
  scale: z.enum(['mel', 'linear', 'log']),
  window: tileSettingsSchema.shape.window,
  /** Samples, a power of two; 0 fits the zoom. */
  windowSamples: z
    .int()
    .refine(
      (samples) => samples === 0 || (samples >= 32 && samples <= 32_768 && Number.isInteger(Math.log2(samples))),
      'Not 0 or a power of two from 32 to 32,768.',
    ),
  /** Share of a window that neighbouring columns have in common at the finest zoom. */
  overlap: z.number().min(0).max(0.99),
  level: tileSettingsSchema.shape.level,
  /** From 0; −1 is the mean of all. A recording without it shows the mean. */
  channel: z.int().min(-1).max(255),
  /** What the last colour stands for: the loudest cell of the clip, or a sine of full scale. */
  reference: z.enum(['loudest', 'fullScale']),
  gainDb: z.number().min(-60).max(100),
  /** From the last colour to the first. */
  rangeDb: z.number().min(10).max(160),
  /** The band that is shown; all of it where the upper is not above the lower. */
  lowHz: z.number().min(0).max(1e6),
  highHz: z.number().min(0).max(1e6),
  /** By its name; catalogs from before it was the catalog's have none. */
  colormap: z.string().min(1).max(40).optional(),
})
export type PictureChoices = z.infer<typeof pictureSchema>

export const newPicture = (): PictureChoices => ({
  scale: 'mel',
  window: 'hann',
  windowSamples: 0,
  overlap: 0.75,
  level: 'decibel',
  channel: -1,
  reference: 'loudest',
  gainDb: 0,
  rangeDb: 80,
  lowHz: 0,
  highHz: 0,
  colormap: 'magma',
})

/** The picture of this catalog, for everybody who opens it; what a person changes for themselves stays in their window. */
export const pictureCalls = {
  get: call(z.void()).returns<PictureChoices>(),
  /** `workspace.changed` tells the other windows. */
  set: call(pictureSchema).returns<void>(),
}
