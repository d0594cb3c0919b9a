/**
 * The colour scale of the confusion matrix: straight lines in OKLab (Ottosson 2020), so that equal steps of
 * a value are equal steps to the eye, from the page's ground to one hue. Text on it is near-black or white, whichever
 * reads better; on any colour the better of black and white reaches 4.58:1.
 */

export type Ground = 'dark' | 'light'

interface Oklab {
  lightness: number
  a: number
  b: number
}

// Ends of the ramps: the ground of a cell with nothing in it, and a full cell.
const ramps: Record<Ground, [Oklab, Oklab]> = {
  dark: [
    { lightness: 0.245, a: -0.002, b: -0.012 },
    { lightness: 0.85, a: -0.035, b: -0.085 },
  ],
  light: [
    { lightness: 0.97, a: -0.002, b: -0.006 },
    { lightness: 0.42, a: -0.015, b: -0.17 },
  ],
}

/** Linear-light sRGB channels, 0 to 1. */
function toLinear({ lightness, a, b }: Oklab): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clamp = (value: number): number => Math.min(1, Math.max(0, value))
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function encode(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  return Math.round(value * 255)
}

function luminance(linear: [number, number, number]): number {
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

/** WCAG 2 contrast of two relative luminances, 1 to 21. */
export function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

/**
 * Background and text of a cell.
 * @param share 0 to 1 of the scale; values outside are clamped.
 */
export function colourCell(share: number, ground: Ground): { background: string; text: string; contrast: number } {
  const [from, to] = ramps[ground]
  const at = Math.min(1, Math.max(0, share))
  const mix = (key: keyof Oklab): number => from[key] + (to[key] - from[key]) * at
  const linear = toLinear({ lightness: mix('lightness'), a: mix('a'), b: mix('b') })
  const own = luminance(linear)
  const white = contrast(own, 1)
  const black = contrast(own, 0)
  return {
    background: `rgb(${linear.map(encode).join(' ')})`,
    text: white >= black ? '#fff' : '#000',
    contrast: Math.max(white, black),
  }
}
