/** How numbers are written on the page: times, frequencies, levels, counts, sizes, by locale. */

const count = new Intl.NumberFormat(undefined, { useGrouping: true })

/** Counts with a thin space between thousands: 12 480. */
export function formatCount(value: number): string {
  return count
    .formatToParts(value)
    .map((part) => (part.type === 'group' ? '\u2009' : part.value))
    .join('')
}

/** Counts for narrow columns, in three signs and a letter at most: 999, 1.2k, 36k, 2.1M. */
export function formatShortCount(value: number): string {
  if (value < 1000) return String(value)
  const power = value < 999_500 ? 1 : 2
  const scaled = value / 1000 ** power
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${'kM'[power - 1]}`
}

/** Seconds as `m:ss.mmm`, with hours in front where there are any. Not a number is "–". */
export function formatTime(seconds: number, digits: 0 | 1 | 2 | 3 = 3): string {
  if (!Number.isFinite(seconds)) return '–'
  const scale = 10 ** digits
  // Rounded once, as a whole, so that 59.9996 is 1:00.000 and never 0:60.000.
  const total = Math.round(Math.abs(seconds) * scale)
  const whole = Math.floor(total / scale)
  const fraction = digits === 0 ? '' : `.${String(total % scale).padStart(digits, '0')}`
  const minutes = Math.floor(whole / 60)
  const hours = Math.floor(minutes / 60)
  const rest = String(whole % 60).padStart(2, '0')
  const head = hours > 0 ? `${hours}:${String(minutes % 60).padStart(2, '0')}` : String(minutes)
  return `${seconds < 0 && total > 0 ? '−' : ''}${head}:${rest}${fraction}`
}

/**
 * Reads what `formatTime` writes, and plain seconds: "1:02.5", "62.5", "0:01:02".
 * @returns seconds, or null when it is not a time.
 */
export function parseTime(text: string): number | null {
  const parts = text.trim().replace(',', '.').split(':')
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d+)?$/.test(part))) return null
  return parts.reduce((total, part) => total * 60 + Number(part), 0)
}

/** A length of time for people: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 10) return `${Number(seconds.toFixed(seconds < 1 ? 2 : 1))} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`
}

/** Hertz with three significant digits: 440 Hz, 2.20 kHz, 16.0 kHz. */
export function formatHertz(hertz: number): string {
  // Rounded first: 999.96 is 1.00 kHz.
  const rounded = Number(hertz.toPrecision(3))
  if (rounded < 1000) return `${rounded} Hz`
  return `${(hertz / 1000).toPrecision(3)} kHz`
}

/** Decibels with one decimal and a real minus. */
export function formatDecibels(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)} dB`
}

/** A share as per cent with one decimal: 83.5 %. */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–'
}

/** Bytes by thousands: 441 kB, 1.76 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toPrecision(3)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}

/** "1 clip", "12 480 clips". */
export function formatNumberOf(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path
}
