/** How long an impulse response sounds on: for the tests of rooms and for what docs/signal.md says. */

/** T30: Schroeder's backward integral, a line from −5 to −35 dB. */
export function measureRt60(response: Float32Array, hz: number): number {
  const decay = new Float64Array(response.length)
  let sum = 0
  for (let n = response.length - 1; n >= 0; n--) decay[n] = sum += response[n]! ** 2
  const points = [...decay].map((value, n) => [n / hz, 10 * Math.log10(value / decay[0]!)] as const)
  const line = points.filter(([, level]) => level <= -5 && level >= -35)
  const mean = (at: 0 | 1): number => line.reduce((total, point) => total + point[at], 0) / line.length
  const [t, level] = [mean(0), mean(1)]
  const slope =
    line.reduce((total, [x, y]) => total + (x - t) * (y - level), 0) /
    line.reduce((total, [x]) => total + (x - t) ** 2, 0)
  return -60 / slope
}
