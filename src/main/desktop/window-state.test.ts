import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clampBounds, keepWindowState, readWindowState } from './window-state'

const primary = { x: 0, y: 0, width: 1920, height: 1040 }
const second = { x: 1920, y: 0, width: 1280, height: 1000 }

describe('clampBounds', () => {
  it('leaves a window that is where it can be seen', () => {
    const bounds = { x: 2000, y: 100, width: 800, height: 600 }
    expect(clampBounds(bounds, [primary, second])).toEqual(bounds)
  })

  it('brings back a window whose display is gone', () => {
    expect(clampBounds({ x: 2000, y: 100, width: 800, height: 600 }, [primary])).toEqual({
      x: 560,
      y: 220,
      width: 800,
      height: 600,
    })
  })

  it('shrinks to the display and pulls inside', () => {
    expect(clampBounds({ x: 1500, y: -200, width: 4000, height: 3000 }, [primary])).toEqual(primary)
    expect(clampBounds({ x: 1800, y: 900, width: 800, height: 600 }, [primary])).toEqual({
      x: 1120,
      y: 440,
      width: 800,
      height: 600,
    })
  })

  it('moves a window of which only a sliver shows', () => {
    expect(clampBounds({ x: 1900, y: 10, width: 800, height: 600 }, [primary]).x).toBe(560)
  })
})

describe('window state', () => {
  it('is kept and read, and what is damaged is no state', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earmark-state-'))
    const file = join(folder, 'deep', 'window.json')
    const state = { x: 1, y: 2, width: 3, height: 4, isMaximized: true }
    keepWindowState(file, state)
    expect(readWindowState(file)).toEqual(state)
    for (const damaged of ['', '{', '{"x":"1"}', 'null']) {
      writeFileSync(file, damaged)
      expect(readWindowState(file), damaged).toBeNull()
    }
    expect(readWindowState(join(folder, 'none.json'))).toBeNull()
    rmSync(folder, { recursive: true })
  })
})
