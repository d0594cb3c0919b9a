/** How ultrasound is made audible: not at all, slower and lower, or mixed down with a tone. */
export const ultrasoundModes = ['off', 'expand', 'heterodyne'] as const
export type UltrasoundMode = (typeof ultrasoundModes)[number]
