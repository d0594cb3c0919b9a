const steps: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** How long ago something was, by locale: "just now", "5 minutes ago", "yesterday". `at` is ISO 8601. */
export function describeAge(at: string, nowMs: number, locale?: string): string {
  const seconds = (nowMs - Date.parse(at)) / 1000
  if (!Number.isFinite(seconds)) return '–'
  const step = steps.find(([, length]) => seconds >= length)
  if (!step) return 'just now'
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.floor(seconds / step[1]), step[0])
}
