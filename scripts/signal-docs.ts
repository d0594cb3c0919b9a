/** `npm run signal-docs`: measures every named front end and every augmentation, draws it, and writes both into docs/signal.md and docs/images/signal. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import { frontEndPresets } from '../src/dsp/front-end-presets'
import { augmentationRows } from './signal-docs/augmentations'
import { measureAll } from './signal-docs/measure'
import { fillPage, imageOf } from './signal-docs/page'
import { drawAugmentation, drawFrontEnd } from './signal-docs/picture'

export async function main(): Promise<void> {
  const page = join('docs', 'signal.md')
  mkdirSync(join('docs', 'images', 'signal'), { recursive: true })
  for (const { name, frontEnd } of frontEndPresets) writeFileSync(join('docs', imageOf(name)), drawFrontEnd(frontEnd))
  for (const row of augmentationRows)
    writeFileSync(join('docs', imageOf(`augment-${row.name}`)), await drawAugmentation(row))
  const written = fillPage(readFileSync(page, 'utf8'), await measureAll())
  writeFileSync(page, await format(written, { parser: 'markdown', printWidth: 120 }))
  console.log(`${page}: ${frontEndPresets.length} front ends, ${augmentationRows.length} augmentations`)
}
