/**
 * Colours of lines that are told apart by their labels first: eight hues of one lightness for each theme
 * (3:1 or better against the surfaces), none of them a colour that means something elsewhere on the page.
 */
const hues: Record<'dark' | 'light', string[]> = {
  dark: ['#6ea8fe', '#e58fb8', '#d3b15c', '#5cc4b4', '#b59cf0', '#e39a74', '#8fc46a', '#9fb0c8'],
  light: ['#1c5bd0', '#ad3a78', '#85670c', '#0c7568', '#6a45c2', '#a14c1c', '#437a1a', '#506079'],
}

/** The colour of the n-th group of lines; from the ninth on they repeat, and only the label tells them apart. */
export function lineColour(index: number, theme: 'dark' | 'light'): string {
  const own = hues[theme]
  return own[index % own.length]!
}
