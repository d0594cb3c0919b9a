/** A colour of the theme that the page wears now, by its name in tokens.css, for what is drawn and not styled. */
export const themeColour = (name: `--${string}`): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()
