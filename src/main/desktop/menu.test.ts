import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it } from 'vitest'
import { menuCommands } from '../../preload/bridge'
import { menuTemplate } from './menu'

function flatten(items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])])
}

describe('menuTemplate', () => {
  it.each(['linux', 'darwin', 'win32'] as const)(
    'offers every command once on %s, each sending its own name',
    (platform) => {
      const sent: string[] = []
      const items = flatten(menuTemplate({ platform, isPackaged: true, send: (command) => sent.push(command) }))
      const commands = items.filter((item) => item.id !== undefined)
      for (const item of commands) (item.click as () => void)()
      expect(sent.sort()).toEqual([...menuCommands].sort())
      const keys = items.map((item) => item.accelerator).filter((key) => key !== undefined)
      expect(new Set(keys).size).toBe(keys.length)
    },
  )

  it('has developer tools only where Earmark is built', () => {
    const roles = (isPackaged: boolean): unknown[] =>
      flatten(menuTemplate({ platform: 'linux', isPackaged, send: () => undefined })).map((item) => item.role)
    expect(roles(true)).not.toContain('toggleDevTools')
    expect(roles(false)).toContain('toggleDevTools')
  })
})
