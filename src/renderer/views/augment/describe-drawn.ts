/** What was drawn for the steps of a chain, in words. */
import type { DrawnValues } from '../../../shared/job/drawn-values'
import { infoOf } from './step-kinds'

const written = (value: number, digits: number): string => String(Number(value.toFixed(digits))).replace('-', '−')

/** Title and first value of each step that was done: "Noise 12.3 dB, Gain −3 dB"; empty where none was. */
export function nameDraws(drawn: readonly DrawnValues[]): string {
  return drawn
    .filter(({ isDone }) => isDone)
    .map(({ kind, values }) => {
      const [first] = Object.values(values)
      const { title, fields } = infoOf(kind)
      const range = fields.find((field) => field.kind === 'range')
      return first === undefined ? title : `${title} ${written(first, 2)} ${range?.unit ?? ''}`.trim()
    })
    .join(', ')
}

const units: Record<string, string> = { Db: 'dB', decibels: 'dB', Seconds: 's', seconds: 's', Hz: 'Hz', Meters: 'm' }

/** All values of a step: "SNR 12.3 dB, place 0.41"; empty where it has none, or was not done. */
export function nameValues({ values }: DrawnValues): string {
  return Object.entries(values)
    .filter(([name, value]) => name !== 'softenedDb' || value !== 0)
    .map(([name, value]) => {
      // "mask1FirstBand" is "mask 1 first band"; what ends in a unit has it after the number.
      const words = name.match(/[A-Z]?[a-z]+|\d+/g) ?? [name]
      const unit = units[words.at(-1)!]
      const said = (unit === undefined ? words : words.slice(0, -1))
        .join(' ')
        .toLowerCase()
        .replace('softened', 'softened by')
        .replace(/\bsnr\b/, 'SNR')
      return [said, written(value, 3), unit].filter((part) => part).join(' ')
    })
    .join(', ')
}
