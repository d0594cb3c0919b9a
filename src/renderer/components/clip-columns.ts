import type { ClipQuery } from '../../shared/contract/clip-query'

export type ClipColumn = 'picture' | 'name' | 'labels' | 'duration' | 'fold' | 'annotations' | 'prediction'

export const defaultColumns: readonly ClipColumn[] = ['picture', 'name', 'labels', 'duration', 'fold', 'annotations']

/** Heading, width as a grid track, and the order that a click on the heading asks for. */
export const columnFacts: Record<ClipColumn, { title: string; width: string; order: ClipQuery['order'] | null }> = {
  picture: { title: 'Spectrogram', width: '112px', order: null },
  name: { title: 'Recording', width: 'minmax(132px, 1fr)', order: 'path' },
  labels: { title: 'Labels', width: 'minmax(140px, 1fr)', order: 'label' },
  prediction: { title: 'Prediction', width: 'minmax(120px, 180px)', order: 'score' },
  duration: { title: 'Duration', width: '98px', order: 'duration' },
  fold: { title: 'Fold', width: '60px', order: 'fold' },
  annotations: { title: 'Segments', width: '80px', order: null },
}
