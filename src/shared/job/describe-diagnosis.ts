/** A diagnosis as plain text: what `earmark backends` prints and what "Copy report" copies. */
import type { BackendStatus, Check, Diagnosis } from './diagnosis'

const backendColumns = ['BACKEND', 'WORKS', 'STEP', 'PRODUCT', 'CONVOLUTION', 'GRADIENTS', 'DEVICE']
const checkColumns = ['', 'AREA', 'WHAT', 'WANTED', 'FOUND']
/** Which of the columns hold numbers. */
const timeColumns = [2, 3, 4, 5]

/** The marks in front of checks: good, stands in the way, missing but not needed here, cannot be known. */
export const checkMarks = { ok: '+', matters: '!', absent: '-', unknown: '?' } as const

export function markCheck({ state, matters }: Check): keyof typeof checkMarks {
  if (state === 'ok' || state === 'unknown') return state
  return matters ? 'matters' : 'absent'
}

/** The time of the proof's training step; "about" where it was estimated. */
export function describeStep({ stepMs, isEstimate }: NonNullable<BackendStatus['proof']>): string {
  return `${isEstimate ? '≈ ' : ''}${formatMilliseconds(stepMs)}`
}

/** Milliseconds in three digits, with the unit: "8.14 ms", "141 ms", from ten seconds on "23 s". */
export function formatMilliseconds(value: number): string {
  if (value >= 10_000) return `${Math.round(value / 1000)} s`
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ms`
}

/** "3857 2018 … ± 9e-6": the last is the largest difference from float64, as a share. */
export function describeChecksum(proof: NonNullable<BackendStatus['proof']>): string {
  return `${proof.checksum} ± ${proof.deviation.toExponential(0)}`
}

/** Ends without a line break. */
export function describeDiagnosis({ backends, checks, verdict, measuredAt, isCurrent }: Diagnosis): string {
  const times = ({ proof }: BackendStatus): string[] =>
    proof === null
      ? ['', '', '', '']
      : [describeStep(proof), ...[proof.productMs, proof.convolutionMs, proof.gradientsMs].map(formatMilliseconds)]
  const rows = backends.map((one) => [one.name, one.available ? 'yes' : 'no', ...times(one), one.device])
  const details = backends.map(({ name, proof, reason }) =>
    proof === null ? `${name}: ${reason}.` : `${name}: checksum ${describeChecksum(proof)}.`,
  )
  const lines = checks.map((check) => [checkMarks[markCheck(check)], check.area, check.what, check.wanted, check.found])
  const age = isCurrent ? '' : '; the machine has changed since'
  return [
    align([backendColumns, ...rows], timeColumns),
    '',
    ...details,
    '',
    align([checkColumns, ...lines]),
    '',
    `Measured ${measuredAt.slice(0, 19).replace('T', ' ')} UTC${age}.`,
    `${verdict.title}.`,
    verdict.advice,
  ].join('\n')
}

/** Columns two spaces apart. */
function align(rows: string[][], right: number[] = []): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
