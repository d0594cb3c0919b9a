import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aoefExporter } from '../exporters/aoef'
import { jamsExporter } from '../exporters/jams'
import { textgridExporter } from '../exporters/textgrid'
import { findImporter } from '../importers/importer'
import { textDataset } from '../importers/testing/text-dataset'
import { goRoundTrip, trickyClips } from './round-trip-clips'

const out = process.env['EARMARK_FORMATS_OUT']

const missing = out === undefined ? ': skipped, no folder in EARMARK_FORMATS_OUT' : ''
it.skipIf(out === undefined)(`writes exports for scripts/check-annotation-formats.py${missing}`, async () => {
  for (const exporter of [aoefExporter, jamsExporter, textgridExporter]) {
    const { texts } = await goRoundTrip(exporter, trickyClips())
    for (const [path, text] of Object.entries(texts)) {
      const file = join(out!, exporter.id, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
})

describe('files that the formats’ own libraries have written', () => {
  it.each([
    ['textgrid', 'dawn.TextGrid', 'praatio 6.2'],
    ['jams', 'dawn.jams', 'jams 0.3'],
    ['aoef', 'dawn.json', 'soundevent 2.10'],
  ])('are read as %s: %s of %s', async (format, name) => {
    const bytes = readFileSync(new URL(`../importers/fixtures/${name}`, import.meta.url))
    const { recordings, withoutSound } = await findImporter(format).read(textDataset({ [name]: bytes }, ['dawn.wav']))
    const dawn = [...recordings, ...(withoutSound ?? [])].find(({ path }) => path.includes('dawn'))!
    const spans = dawn.clips
      .flatMap(({ annotations }) => annotations ?? [])
      .map(
        ({ startSeconds, endSeconds, labels }) =>
          `${startSeconds.toFixed(3)} ${endSeconds.toFixed(3)} ${labels
            .filter(({ state }) => state === 'present')
            .map(({ className }) => className)
            .sort()
            .join(' + ')}`,
      )
    expect(spans.sort()).toEqual(
      [
        '0.500 2.250 Blaumeise 🐦',
        '1.000 3.000 -wind + rain, “heavy”',
        '1.000 3.000 dog',
        '10.000 10.001 click',
        '20.000 21.000 cat',
        '58.123 60.000 ',
      ].sort(),
    )
  })
})
