import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

/** A rectangle of the screen in device-independent pixels. */
export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

const stateSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  isMaximized: z.boolean(),
})

export type WindowState = z.infer<typeof stateSchema>

/** The least of a window that must be on a display for a person to get hold of it. */
const gripPixels = 80

const overlap = (startA: number, lengthA: number, startB: number, lengthB: number): number =>
  Math.min(startA + lengthA, startB + lengthB) - Math.max(startA, startB)

/**
 * Where a window may open: as it was if enough of it lies on a display, no larger than that display and
 * inside it; else in the middle of the first one.
 * @param areas the displays' work areas, the primary one first
 */
export function clampBounds(wanted: Bounds, areas: Bounds[]): Bounds {
  const home = areas.find(
    (area) =>
      overlap(wanted.x, wanted.width, area.x, area.width) >= gripPixels &&
      overlap(wanted.y, wanted.height, area.y, area.height) >= gripPixels,
  )
  const area = home ?? areas[0]
  if (!area) return wanted
  const width = Math.min(wanted.width, area.width)
  const height = Math.min(wanted.height, area.height)
  if (!home)
    return {
      x: Math.round(area.x + (area.width - width) / 2),
      y: Math.round(area.y + (area.height - height) / 2),
      width,
      height,
    }
  const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)
  return {
    x: clamp(wanted.x, area.x, area.x + area.width - width),
    y: clamp(wanted.y, area.y, area.y + area.height - height),
    width,
    height,
  }
}

/** The state that was kept, or null when there is none that can be read. */
export function readWindowState(file: string): WindowState | null {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** Keeps a state for the next start; a disk that refuses is no reason to disturb anybody. */
export function keepWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(state))
  } catch {
    // The window opens in the middle next time.
  }
}
