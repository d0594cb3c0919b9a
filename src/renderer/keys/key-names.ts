/** How keys are written: 'Mod+Z', 'Shift+Enter', 'Space', '?', 'L'. Mod is Ctrl, and ⌘ on a Mac. */

export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

const otherNames: Record<string, string> = { ' ': 'Space', Esc: 'Escape', Del: 'Delete' }
const bareModifiers = new Set(['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Fn', 'Dead', 'Process'])

/** The name of a pressed key; '' for a modifier alone. */
export function nameKey(event: KeyboardEvent): string {
  if (bareModifiers.has(event.key)) return ''
  const typed = keyOf(event)
  const key = otherNames[typed] ?? (typed.length === 1 ? typed.toUpperCase() : typed)
  const parts: string[] = []
  // AltGr types a sign on many keyboards and is reported as Ctrl and Alt.
  const isAltGraph = event.ctrlKey && event.altKey && event.getModifierState('AltGraph')
  if (isMac ? event.metaKey : event.ctrlKey && !isAltGraph) parts.push('Mod')
  if (isMac && event.ctrlKey) parts.push('Ctrl')
  if (event.altKey && !isAltGraph) parts.push('Alt')
  // The Shift of a sign such as ? is part of the sign.
  const isSign = typed.length === 1 && typed.toLowerCase() === typed.toUpperCase() && typed !== ' '
  if (event.shiftKey && !isSign) parts.push('Shift')
  return [...parts, key].join('+')
}

/** What the key types, or what stands on it where the layout, or Alt, types none of ours: ф, the ¡ of Option and 1 on a Mac. */
function keyOf({ key, code, altKey }: KeyboardEvent): string {
  const physical = /^(?:Digit|Key)(.)$/.exec(code)?.[1]
  const isOurs = altKey ? /^[a-z0-9]$/i.test(key) : key.length > 1 || key.charCodeAt(0) < 128
  return isOurs ? key : (physical ?? key)
}

const modifiers = ['Mod', 'Ctrl', 'Alt', 'Shift'] as const
const namedKeys = new Set([
  ...['Space', 'Enter', 'Tab', 'Escape', 'Backspace', 'Delete', 'Insert', 'Home', 'End', 'PageUp', 'PageDown'],
  ...['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'ContextMenu'],
  ...Array.from({ length: 24 }, (_, index) => `F${index + 1}`),
])

/** Whether a text names a key as `nameKey` does, modifiers in their order. */
export function isKeyName(text: string): boolean {
  const match = /^((?:[A-Za-z]+\+)*)(.+)$/su.exec(text)
  if (!match) return false
  const given = match[1]!.split('+').slice(0, -1)
  const ordered = modifiers.filter((modifier) => given.includes(modifier))
  if (given.length !== ordered.length || given.some((modifier, index) => modifier !== ordered[index])) return false
  const key = match[2]!
  return namedKeys.has(key) || ([...key].length === 1 && key.trim() !== '' && key.toUpperCase() === key)
}

const signs: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Delete: 'Del',
  Escape: 'Esc',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  ...(isMac ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃' } : { Mod: 'Ctrl' }),
}

/** How a key is shown, part by part: "Ctrl Shift Z", or signs on a Mac. */
export function showKeys(keys: string): string[] {
  const plus = keys.endsWith('+') ? ['+'] : []
  const parts = [
    ...keys
      .slice(0, plus.length ? -1 : undefined)
      .split('+')
      .filter(Boolean),
    ...plus,
  ]
  return parts.map((part) => signs[part] ?? part)
}

/** Keys that browsers keep for themselves, so that they only work in the desktop app. */
const browserKeys = new Set([
  'Mod+N',
  'Mod+T',
  'Mod+W',
  'Mod+Shift+N',
  'Mod+Shift+T',
  'Mod+Shift+W',
  'Mod+Tab',
  'Mod+Shift+Tab',
])
export const isKeptByBrowsers = (keys: string): boolean => browserKeys.has(keys)
