import type { ClipQuery } from '../../../shared/contract/clip-query'

/** Why a query finds nothing, as far as it can be told: a class that is spelled otherwise is the usual reason. */
export function sayWhyEmpty(
  text: string,
  { labels, under, proposals }: Pick<ClipQuery, 'labels' | 'under' | 'proposals'>,
  classes: readonly { name: string; mid: string | null }[],
): string | undefined {
  if (text === '') return undefined
  const known = new Set(classes.flatMap(({ name, mid }) => [name.toLowerCase(), mid?.toLowerCase()]))
  const asked = [...labels.map(({ name }) => name), ...under, ...proposals.map(({ name }) => name)]
  const unknown = [...new Set(asked)].filter((name) => !known.has(name.toLowerCase())).map((name) => `“${name}”`)
  const classless = unknown.length === 0 ? '' : ` There is no class ${unknown.join(' or ')}.`
  return `Nothing matches ${text}.${classless}`
}
