import { expect, it } from 'vitest'
import { proposeFolder } from './propose-folder'

it.each([
  ['/data', 'esc10', [], '/data/esc10-esc50'],
  ['/data/', 'My birds & bats', [], '/data/My-birds-bats-esc50'],
  ['C:\\Users\\ana', 'Vögel', [], 'C:\\Users\\ana\\Vögel-esc50'],
  ['/data', 'a', ['/data/a-esc50'], '/data/a-esc50-2'],
  ['/data', 'a', ['/data/a-esc50', '/data/a-esc50-2'], '/data/a-esc50-3'],
  ['/data', '///', [], '/data/catalog-esc50'],
])('in %s for %s', (folder, catalog, taken, proposed) => {
  expect(proposeFolder(folder, catalog, 'esc50', taken)).toBe(proposed)
})
