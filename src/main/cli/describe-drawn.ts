import type { DrawnValues } from '../../shared/job/drawn-values'

/** The steps of a chain that were done, each with its values. @param nameOf a clip that was mixed in */
export function describeDrawn(
  drawn: readonly (DrawnValues & { partner?: string })[],
  nameOf: (clipId: string) => string = (clipId) => clipId,
): string {
  const done = drawn.filter(({ isDone }) => isDone)
  if (done.length === 0) return 'nothing'
  const round = (value: number): string => String(Math.round(value * 1000) / 1000)
  return done
    .map(({ kind, values, partner }) =>
      [
        kind,
        ...Object.entries(values).map(([name, value]) => `${name} ${round(value)}`),
        ...(partner === undefined ? [] : [`with ${nameOf(partner)}`]),
      ].join(' '),
    )
    .join(', ')
}
