/** The rows of docs/signal.md for the steps of an augmentation chain: what each is, whose, and how near it comes. */
import { acousticRows } from './acoustics'
import type { AugmentationRow } from './augmentation-row'
import { mixingRows } from './mixing-rows'
import { noiseRows } from './noise-rows'
import { pictureRows } from './picture-rows'
import { placeRows } from './place-rows'
import { timePitchRows } from './time-pitch-rows'

export const augmentationRows: readonly AugmentationRow[] = [
  ...placeRows,
  ...noiseRows,
  ...timePitchRows,
  ...acousticRows,
  ...mixingRows,
  ...pictureRows,
]
