/** What a row's step makes of the scene, by the code that the studio previews with: the sound, then its log-mel. */
import { logmelFrontEnd } from '../../src/dsp/presets'
import { previewChain } from '../../src/renderer/views/augment/preview-chain'
import type { PreviewSound } from '../../src/renderer/views/augment/preview-messages'
import { scene, sceneRateHz, sceneSeed } from './augment-scene'
import type { AugmentationRow } from './augmentation-row'

export async function previewRow({
  step,
  materials,
  partner,
}: Pick<AugmentationRow, 'step' | 'materials' | 'partner'>): Promise<{ before: PreviewSound; after: PreviewSound }> {
  const other = { id: 'partner', segments: [], className: 'machine', sampleRateHz: sceneRateHz }
  const { before, draws } = await previewChain({
    ...{ samples: scene(), sampleRateHz: sceneRateHz, segments: [], className: null },
    others: partner ? [{ ...other, samples: partner() }] : [],
    ...{ frontEnd: logmelFrontEnd, chain: { steps: [step] }, seed: sceneSeed, draws: 1 },
    materials: [[materials?.() ?? []]],
  })
  return { before, after: draws[0]! }
}
