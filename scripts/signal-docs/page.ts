/** What of docs/signal.md is made from the code: rows of named front ends, their parts, rates and augmentations. */
import { describeFrontEnd } from '../../src/dsp/describe-front-end'
import { shortHash } from '../../src/dsp/front-end-identity'
import { type FrontEndPreset, frontEndPresets } from '../../src/dsp/front-end-presets'
import { pictureShape } from '../../src/dsp/picture-shape'
import { augmentationRows } from './augmentations'
import type { Measured, Reached } from './measure'
import { frontEndParts, partsOf } from './parts'
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
export function fillPage(page: string, measured: Measured): string {
  const made = [
    ['front ends', writeTable(measured.presets)],
    ['parts', writeParts(measured)],
    ['resampling', writeRates(measured.resampler)],
    ['augmentations', writeAugmentations(measured.augmentations)],
  ] as const
  return made.reduce((filled, [name, content]) => fillPart(filled, name, content), page)
}

function fillPart(page: string, name: string, content: string): string {
  const [begin, end] = marks(name)
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/signal.md has no lines “${begin}” and “${end}”.`)
  return `${page.slice(0, from)}${begin}\n\n${content}\n${page.slice(to)}`
}

function writeParts({ parts, windows }: Measured): string {
  const rows = frontEndParts.map((part) => {
    const having = frontEndPresets.filter(({ frontEnd }) => partsOf(frontEnd).includes(part))
    const names =
      having.length > 3 ? `${having.length} of the above` : having.map(({ name }) => `\`${name}\``).join(', ')
    return `| ${part} | ${names || '–'} | ${writeErrors(parts.get(part)!)} |`
  })
  const last = `| windows | – | ${roundUp(windows.error)} of ${windows.windows} windows of scipy’s; Kaldi’s is a power of Hann’s |`
  return ['| part | who has it | largest error |', '| --- | --- | --- |', ...rows, last].join('\n') + '\n'
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
      `${row.definition}.${source} ${row.labels}`,
      [...measured.get(row.name)!.map(({ error, unit }) => `${roundUp(error)} ${unit}`), `\`${row.tests}\``].join(
        '<br>',
      ),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return (
    ['| step | what it is, and whose; labels | largest error, and tests |', '| --- | --- | --- |', ...rows].join('\n') +
    '\n'
  )
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
  const cells = [
    `\`${name}\`<br>![${title}](${imageOf(name)})`,
    `${title}.${source}<br>${parts}: ${shape}; hash \`${shortHash(frontEnd)}\``,
    writeErrors(reached),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function writeErrors(reached: readonly Reached[]): string {
  const errors = [...reached].sort((a, b) => a.cases - b.cases || a.unit.localeCompare(b.unit)).reverse()
  return errors.map(writeReached).join('<br>')
}

function writeReached({ unit, error, cases }: Reached): string {
  const size = isShare(unit) ? 'of the largest value' : unit.startsWith('dB') ? 'dB' : 'in the logarithm'
  const note = against[unit] === undefined ? '' : `; ${against[unit]}`
  return `${roundUp(error)} ${size} (${cases} ${cases === 1 ? 'case' : 'cases'}${note})`
}

/** Two digits, not below the value. */
export function roundUp(value: number): string {
  if (value === 0) return '0'
  if (value >= 0.1) return String(Math.ceil(value * 100 - 1e-7) / 100)
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
  return (Math.ceil(value / unit - 1e-9) * unit).toExponential(1).replace('.0e', 'e')
}
