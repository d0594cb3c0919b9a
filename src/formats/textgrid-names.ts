/** What a segment without a class is written as in a TextGrid, where empty text is a gap. */
export const unlabeledText = '(unlabeled)'

/** The name of a tier's n-th layer, from 1: segments that overlap need tiers of their own. */
export function layerName(tier: string, layer: number): string {
  return layer === 1 ? tier : `${tier} #${layer}`
}

/** The tier that a layer belongs to. */
export function tierOfLayer(name: string): string {
  return name.replace(/ #\d{1,4}$/, '')
}
