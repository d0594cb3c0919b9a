/** What comes out of a front end, known without computing it. */
import { countBands } from './features'
import type { FrontEnd, FrontEndStep, Placement } from './front-end'

export interface PictureShape {
  bands: number
  channels: number
}

/** Bands and channels of a front end's pictures. Throws RangeError where a step does not fit. */
export function pictureShape(frontEnd: FrontEnd): PictureShape {
  return (frontEnd.steps ?? []).reduce(shapeAfter, { bands: countBands(frontEnd), channels: 1 })
}

function shapeAfter({ bands, channels }: PictureShape, step: FrontEndStep): PictureShape {
  switch (step.kind) {
    case 'mel':
      return { bands: step.bands.count, channels }
    case 'cepstrum':
      if (step.count > bands)
        throw new RangeError(`the number of coefficients must be 1 to ${bands}, not ${step.count}`)
      return { bands: step.count, channels }
    case 'crop':
      if (step.firstBand + step.count > bands)
        throw new RangeError(`the crop reaches to band ${step.firstBand + step.count} of ${bands}`)
      return { bands: step.count, channels }
    case 'sub-bands': {
      const crops = step.count > bands ? 0 : 1 + Math.floor((bands - step.count) / step.hopBands)
      if (crops === 0) throw new RangeError(`crops of ${step.count} bands do not fit a picture of ${bands}`)
      return { bands: step.count, channels: channels * crops }
    }
    case 'delta':
      return placed({ bands, channels }, step.order, step.into)
    case 'difference-of-gaussians':
      return placed({ bands, channels }, 1, step.into)
    case 'sobel': {
      const maps = step.output === 'gradients' ? 2 : 1
      return { bands, channels: channels * (step.into === 'channels' ? 1 + maps : maps) }
    }
  }
}

function placed({ bands, channels }: PictureShape, added: number, into: Placement): PictureShape {
  if (into === 'replace') return { bands, channels }
  return into === 'bands' ? { bands: bands * (1 + added), channels } : { bands, channels: channels * (1 + added) }
}
