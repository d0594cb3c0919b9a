import type { GoldAgreement } from '../../../shared/contract/sessions'
import { formatNumberOf, formatPercent } from '../../display-format'

/** "92.3 % of 13, kappa 0.81": how verdicts agree with gold, in one cell. */
export function sayGold(gold: GoldAgreement | null): string {
  if (gold === null) return '–'
  const sure = gold.units - gold.unsure
  const parts = gold.observed === null ? [] : [`${formatPercent(gold.observed)} of ${sure}`]
  if (gold.kappa !== null) parts.push(`kappa ${gold.kappa.value.toFixed(2)}`)
  if (gold.unsure > 0) parts.push(`${formatNumberOf(gold.unsure, 'verdict')} unsure`)
  return parts.join(', ')
}
