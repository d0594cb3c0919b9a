import { AppError } from '../errors'

/** One rater's category for each unit, or null where this rater did not judge it. */
export type Ratings = readonly (readonly (number | null)[])[]

/** A number with its 95 % interval, null where it is not defined. */
export interface Estimate {
  value: number
  low: number
  high: number
}

/**
 * Cohen's kappa of two raters, from their table of counts (rows the first, columns the second), −1 to 1; null where
 * chance agreement is 1 and kappa is not defined. The interval is the large-sample one of Fleiss, Cohen & Everitt
 * (1969), cut to −1…1, as in statsmodels.stats.inter_rater.cohens_kappa.
 */
export function computeCohenKappa(table: number[][]): Estimate | null {
  const total = sum(table.flat())
  if (total === 0) return null
  const shares = table.map((row) => row.map((count) => count / total))
  const rows = shares.map(sum)
  const columns = shares.map((_row, column) => sum(shares.map((row) => row[column]!)))
  const agreed = sum(shares.map((row, index) => row[index]!))
  const chance = sum(rows.map((share, index) => share * columns[index]!))
  if (chance >= 1 - 1e-12) return null
  const value = (agreed - chance) / (1 - chance)
  const onDiagonal = sum(shares.map((row, i) => row[i]! * (1 - (rows[i]! + columns[i]!) * (1 - value)) ** 2))
  const offDiagonal =
    (1 - value) ** 2 *
    sum(shares.flatMap((row, i) => row.map((share, j) => (i === j ? 0 : share * (columns[i]! + rows[j]!) ** 2))))
  const variance = (onDiagonal + offDiagonal - (value - chance * (1 - value)) ** 2) / (1 - chance) ** 2 / total
  const reach = 1.959963984540054 * Math.sqrt(Math.max(0, variance))
  return { value, low: Math.max(-1, value - reach), high: Math.min(1, value + reach) }
}

/** Counts of (first, second) pairs of two raters, over the units that both judged. */
export function countPairs(
  first: readonly (number | null)[],
  second: readonly (number | null)[],
  categoryCount: number,
): number[][] {
  if (first.length !== second.length)
    throw new AppError('invalid-argument', `${first.length} judgements of one rater and ${second.length} of the other.`)
  const table = Array.from({ length: categoryCount }, () => new Array<number>(categoryCount).fill(0))
  first.forEach((a, index) => {
    const b = second[index]!
    if (a !== null && b !== null) table[a]![b]!++
  })
  return table
}

/**
 * Fleiss' kappa (1971) of units that were all judged by the same number of raters, from counts of raters by unit and
 * category; null where it is not defined. As statsmodels.stats.inter_rater.fleiss_kappa.
 * @throws AppError 'invalid-argument' where the numbers of raters differ
 */
export function computeFleissKappa(counts: number[][]): number | null {
  const [first] = counts
  if (first === undefined) return null
  const raters = sum(first)
  if (counts.some((row) => sum(row) !== raters))
    throw new AppError('invalid-argument', 'Fleiss’ kappa wants the same number of raters for every unit.')
  if (raters < 2) return null
  const shares = first.map((_count, category) => sum(counts.map((row) => row[category]!)) / (counts.length * raters))
  const agreed =
    sum(counts.map((row) => (sum(row.map((count) => count * count)) - raters) / (raters * (raters - 1)))) /
    counts.length
  const chance = sum(shares.map((share) => share * share))
  return chance >= 1 - 1e-12 ? null : (agreed - chance) / (1 - chance)
}

/**
 * Krippendorff's alpha (2011) for nominal categories and any number of raters, with missing judgements; units that
 * fewer than two raters judged say nothing. null where every judgement is of one category.
 */
export function computeKrippendorffAlpha(ratings: Ratings): number | null {
  return alphaOfUnits(countUnits(ratings))
}

/**
 * The 95 % interval of alpha by bootstrap: units are drawn with replacement, and the 2.5th and 97.5th percentile of
 * their alphas taken. Deterministic: `nextIndex(n)` gives the draws.
 * @param draws how often; 1000 is usual
 */
export function bootstrapAlpha(ratings: Ratings, nextIndex: (below: number) => number, draws = 1000): Estimate | null {
  const units = countUnits(ratings)
  const value = alphaOfUnits(units)
  if (value === null) return null
  const alphas: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const alpha = alphaOfUnits(units.map(() => units[nextIndex(units.length)]!))
    // A draw of units that are all of one category is in full agreement.
    alphas.push(alpha ?? 1)
  }
  alphas.sort((a, b) => a - b)
  const at = (share: number): number => alphas[Math.min(alphas.length - 1, Math.floor(share * alphas.length))]!
  return { value, low: at(0.025), high: at(0.975) }
}

type Unit = Map<number, number>

function countUnits(ratings: Ratings): Unit[] {
  const units: Unit[] = []
  for (let index = 0; index < (ratings[0]?.length ?? 0); index++) {
    const unit: Unit = new Map()
    let judged = 0
    for (const rater of ratings) {
      const category = rater[index]
      if (category === null || category === undefined) continue
      unit.set(category, (unit.get(category) ?? 0) + 1)
      judged++
    }
    if (judged > 1) units.push(unit)
  }
  return units
}

/** 1 − observed / expected disagreement, from the coincidences that each unit's pairs make. */
function alphaOfUnits(units: Unit[]): number | null {
  const totals: Unit = new Map()
  let observed = 0
  let total = 0
  for (const unit of units) {
    let judged = 0
    let alike = 0
    for (const [category, count] of unit) {
      judged += count
      alike += count * (count - 1)
      totals.set(category, (totals.get(category) ?? 0) + count)
    }
    total += judged
    observed += (judged * (judged - 1) - alike) / (judged - 1)
  }
  const alike = sum([...totals.values()].map((count) => count * count))
  const expected = (total * total - alike) / (total - 1)
  return total < 2 || expected === 0 ? null : 1 - observed / expected
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
