/** The part of docs/signal.md that is made from the code: a row for each named front end and each augmentation. */
import { describeFrontEnd } from '../../src/dsp/describe-front-end'
import { shortHash } from '../../src/dsp/front-end-identity'
import { type FrontEndPreset, frontEndPresets } from '../../src/dsp/front-end-presets'
import { pictureShape } from '../../src/dsp/picture-shape'
import { augmentationRows } from './augmentations'
import type { Measured, Reached } from './measure'
import { isShare } from './reference-cases'

/** Where a part that is made begins and ends in the page. */
const marks = (name: string): [begin: string, end: string] => [
  `<!-- ${name}: made by npm run signal-docs -->`,
  `<!-- end of ${name} -->`,
]

/** What the cases of a unit are held against, where that is not the whole reference. */
const against: Record<string, string> = {
  'cqt-sparse': 'librosa as it comes, which drops 1 % of each filter',
  'cqt-wide': 'short or wide filters, whose side lobes librosa hears otherwise',
  'cqt-direct': 'the definition in one pass at the whole rate',
  edge: 'first and last frames',
  dB10: 'unscaled second deltas',
}

/** The page with its made parts made anew. @throws Error where it has no place for them */
export function fillPage(page: string, { presets, resampler, augmentations }: Measured): string {
  const parts = [
    ['front ends', writeTable(presets)],
    ['resampling', writeRates(resampler)],
    ['augmentations', writeAugmentations(augmentations)],
  ] as const
  return parts.reduce((filled, [name, content]) => fillPart(filled, name, content), page)
}

function fillPart(page: string, name: string, content: string): string {
  const [begin, end] = marks(name)
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/signal.md has no lines “${begin}” and “${end}”.`)
  return `${page.slice(0, from)}${begin}\n\n${content}\n${page.slice(to)}`
}

function writeRates(rates: Measured['resampler']): string {
  const rows = rates.map(({ fromHz, toHz, rippleDb, foldingDb }) => {
    const left = foldingDb === null ? 'nothing folds back' : `${foldingDb.toFixed(1)} dB`
    return `| ${fromHz} → ${toHz} | ${roundUp(rippleDb)} dB | ${left} |`
  })
  return [
    '| Hz | ripple of the pass band | left of a sweep beyond the new Nyquist frequency |',
    '| --- | --- | --- |',
    ...rows,
  ]
    .join('\n')
    .concat('\n')
}

function writeAugmentations(measured: Measured['augmentations']): string {
  const rows = augmentationRows.map((row) => {
    const source = row.follows === '–' ? '' : ` After ${row.follows}.`
    const cells = [
      `\`${row.name}\`<br>![Before and after ${row.name}](${imageOf(`augment-${row.name}`)})`,
      `${row.definition}.${source} Segments ${row.labels}.`,
      measured
        .get(row.name)!
        .map(({ error, unit }) => `${roundUp(error)} ${unit}`)
        .join('<br>'),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| step | what it is, and whose | largest error |', '| --- | --- | --- |', ...rows].join('\n') + '\n'
}

export function imageOf(name: string): string {
  return `images/signal/${name}.png`
}

function writeTable(reached: ReadonlyMap<string, readonly Reached[]>): string {
  const rows = frontEndPresets.map((preset) => writeRow(preset, reached.get(preset.name)!))
  return ['| front end | what it is, and whose | largest error |', '| --- | --- | --- |', ...rows].join('\n') + '\n'
}

function writeRow({ name, title, follows, frontEnd }: FrontEndPreset, reached: readonly Reached[]): string {
  const { bands, channels } = pictureShape(frontEnd)
  const shape = channels === 1 ? `${bands} values a frame` : `${bands} values a frame × ${channels} channels`
  const parts = describeFrontEnd(frontEnd).join(', ')
  const source = follows === '–' ? '' : ` After ${follows}.`
  const errors = [...reached].sort((a, b) => a.cases - b.cases || a.unit.localeCompare(b.unit)).reverse()
  const cells = [
    `\`${name}\`<br>![${title}](${imageOf(name)})`,
    `${title}.${source}<br>${parts}: ${shape}; hash \`${shortHash(frontEnd)}\``,
    errors.map(writeReached).join('<br>'),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function writeReached({ unit, error, cases }: Reached): string {
  const size = isShare(unit) ? 'of the largest value' : unit.startsWith('dB') ? 'dB' : 'in the logarithm'
  const note = against[unit] === undefined ? '' : `; ${against[unit]}`
  return `${roundUp(error)} ${size} (${cases} ${cases === 1 ? 'case' : 'cases'}${note})`
}

/** Two digits, not below the value. */
export function roundUp(value: number): string {
  if (value === 0) return '0'
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
  return (Math.ceil(value / unit - 1e-9) * unit).toExponential(1).replace('.0e', 'e')
}
