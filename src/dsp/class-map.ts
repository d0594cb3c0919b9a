/** A class activation map laid over the picture that it is of. */

/** The maps of one class over all crops of a picture; see ClassMaps of shared/job/model-view. */
export interface ClassMapOfCrops {
  /** Of the picture. */
  frames: number
  bands: number
  /** Of a crop, and where each begins. */
  crops: { frames: number; starts: readonly number[] }
  mapFrames: number
  mapBands: number
  /** Crop by crop, frame by frame. */
  values: Float32Array
}

/**
 * Enlarges the map of each crop to the crop's cells, bilinearly between the middles of its places (as tf.image.resize
 * does), and takes the mean where crops overlap.
 *
 * @returns frames × bands values, frame by frame; 0 where no crop lies
 */
export function spreadClassMap(map: ClassMapOfCrops): Float32Array {
  const { frames, bands, crops, mapFrames, mapBands, values } = map
  const sums = new Float32Array(frames * bands)
  const counts = new Uint16Array(frames)
  const along = sampleEvenly(crops.frames, mapFrames)
  const across = sampleEvenly(bands, mapBands)
  for (const [crop, start] of crops.starts.entries()) {
    const offset = crop * mapFrames * mapBands
    for (let frame = 0; frame < crops.frames && start + frame < frames; frame++) {
      counts[start + frame]!++
      const { below: t0, above: t1, share: t } = along[frame]!
      for (let band = 0; band < bands; band++) {
        const { below: b0, above: b1, share: b } = across[band]!
        const at = (time: number, place: number): number => values[offset + time * mapBands + place]!
        const early = at(t0, b0) * (1 - b) + at(t0, b1) * b
        const late = at(t1, b0) * (1 - b) + at(t1, b1) * b
        sums[(start + frame) * bands + band]! += early * (1 - t) + late * t
      }
    }
  }
  for (let index = 0; index < sums.length; index++) sums[index]! /= Math.max(1, counts[Math.floor(index / bands)]!)
  return sums
}

/** Between which of `places` each of `count` middles lies. */
function sampleEvenly(count: number, places: number): { below: number; above: number; share: number }[] {
  return Array.from({ length: count }, (_, index) => {
    const place = Math.min(places - 1, Math.max(0, ((index + 0.5) * places) / count - 0.5))
    const below = Math.floor(place)
    return { below, above: Math.min(places - 1, below + 1), share: place - below }
  })
}
