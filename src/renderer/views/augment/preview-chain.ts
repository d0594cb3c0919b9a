/** What a chain makes of a clip, by the code that training runs: its sound, then its picture. */
import { applyChain, type ChainPartner } from '../../../dsp/augment/apply-chain'
import type { DrawPlace } from '../../../dsp/augment/draw-place'
import { withCoders } from '../../../dsp/augment/opus'
import { PartnerPool } from '../../../dsp/augment/partners'
import { applyPictureSteps, type PictureRow } from '../../../dsp/augment/picture-chain'
import { computeFrontEnd, type Spectrogram } from '../../../dsp/features'
import { gainResponse } from '../../../dsp/gain-response'
import { isMixingStep, isPictureStep } from '../../../dsp/recipe'
import { resample } from '../../../dsp/resample'
import type { PreviewAnswer, PreviewQuestion, PreviewSound } from './preview-messages'

/**
 * The clip before, and as examples 0, 1, … of epoch 1 have it. What is mixed in is drawn from the other clips that are given.
 * Pictures are standardised by this clip's own bands and changed as a whole; training standardises by all its clips and changes
 * crops.
 */
export async function previewChain(question: PreviewQuestion): Promise<PreviewAnswer> {
  const { frontEnd, chain, seed, className, draws, materials } = question
  const rateHz = frontEnd.sampleRateHz
  const hear = (samples: Float32Array, from: number): Float32Array =>
    from === rateHz ? samples : resample(samples, from, rateHz)
  const heard = hear(question.samples, question.sampleRateHz)
  const others = question.others.map((other) => ({ ...other, samples: hear(other.samples, other.sampleRateHz) }))
  const pool = new PartnerPool(
    others.map((other) => other.className),
    true,
  )
  const before = computeFrontEnd(heard, frontEnd)
  const scale = measure(before)
  const response = gainResponse(frontEnd)
  const decibel = Float32Array.from(scale.deviations, (deviation, column) => (response?.[column] ?? 0) / deviation)
  const hasMixup = chain.steps.some(({ kind }) => kind === 'mixup')
  const otherPictures = hasMixup ? others.map(({ samples }) => computeFrontEnd(samples, frontEnd)) : []

  const drawPartner = (position: number, place: DrawPlace): ChainPartner | null => {
    const step = chain.steps[position]!
    const drawn = isMixingStep(step) ? pool.draw(step, place, position) : null
    if (drawn === null) return null
    const { id, className: own, samples, segments } = others[drawn]!
    return {
      id,
      className: own,
      sound: { samples, sampleRateHz: rateHz, segments },
      materials: materials[place.example] ?? [],
    }
  }
  const drawExample = async (example: number): Promise<PreviewAnswer['draws'][number]> => {
    const place = { seed, epoch: 1, example, className }
    const sound = { samples: heard, sampleRateHz: rateHz, segments: question.segments }
    const partners = chain.steps.map((_, position) => drawPartner(position, place))
    const done = await withCoders(chain, () => applyChain(sound, chain, place, materials[example], partners))
    const picture = computeFrontEnd(done.sound.samples, frontEnd)
    const samples = done.sound.samples.slice()
    if (!chain.steps.some(isPictureStep)) return { ...show(samples, picture), drawn: done.drawn }
    const row = toRow(picture, scale, place)
    const rows = otherPictures.map((other, index) => {
      // The others of its batch: examples that none of the draws shown is.
      const own = { ...place, example: example + draws * (index + 1), className: others[index]!.className }
      return toRow(fitFrames(other, picture.frames), scale, own)
    })
    const [drawn] = applyPictureSteps([row, ...rows], chain, decibel)
    const values = picture.values.map((_, index) => fromStandard(row.crop.values[index]!, scale, index))
    return { ...show(samples, { ...picture, values }), drawn: [...done.drawn, ...drawn!] }
  }
  const shown: PreviewAnswer['draws'] = []
  for (let example = 0; example < draws; example++) shown.push(await drawExample(example))
  const { bandHz, frameSeconds } = before
  return { before: show(heard.slice(), before), sampleRateHz: rateHz, bandHz, frameSeconds, draws: shown }
}

/** One channel is shown: the level itself, before deltas. */
function show(samples: Float32Array, { frames, bands, channels, values }: Spectrogram): PreviewSound {
  const shown =
    channels === 1 ? values : Float32Array.from({ length: frames * bands }, (_, cell) => values[cell * channels]!)
  return { samples, frames, bands, values: shown }
}

interface Scale {
  means: Float64Array
  deviations: Float64Array
}

/** Mean and deviation of every value of a frame. */
function measure({ frames, bands, channels, values }: Spectrogram): Scale {
  const columns = bands * channels
  const [means, squares] = [new Float64Array(columns), new Float64Array(columns)]
  for (const [index, value] of values.entries()) means[index % columns]! += value / frames
  for (const [index, value] of values.entries())
    squares[index % columns]! += (value - means[index % columns]!) ** 2 / frames
  return { means, deviations: squares.map((square) => Math.sqrt(square) || 1) }
}

const fromStandard = (value: number, { means, deviations }: Scale, index: number): number =>
  value * deviations[index % means.length]! + means[index % means.length]!

function toRow(
  { frames, bands, channels, values }: Spectrogram,
  { means, deviations }: Scale,
  place: DrawPlace,
): PictureRow {
  const columns = means.length
  const standard = values.map((value, index) => (value - means[index % columns]!) / deviations[index % columns]!)
  return { crop: { frames, bands, channels, values: standard }, targets: new Float32Array(1), place }
}

/** So many frames of a picture, again and again where it is shorter. */
function fitFrames(picture: Spectrogram, frames: number): Spectrogram {
  const { values } = picture
  const columns = picture.bands * picture.channels
  return {
    ...picture,
    frames,
    values: Float32Array.from({ length: frames * columns }, (_, n) => values[n % values.length]!),
  }
}
