import { describe, expect, it } from 'vitest'
import { ontologyClass } from '../testing/ontology-class'
import { ClassForest } from './class-forest'

const entry = (id: string, ...parentIds: string[]) => ontologyClass(id, { parentIds })
// A hiss is of a cat, of a snake or of steam.
const forest = new ClassForest([
  entry('animal'),
  entry('steam'),
  entry('cat', 'animal'),
  entry('snake', 'animal'),
  entry('hiss', 'snake', 'cat', 'steam'),
])
const places = (...open: string[]): string[] => forest.listRows(new Set(open)).map(({ place }) => place)

describe('the tree of classes', () => {
  it('lists what is open, a class under each of its parents', () => {
    expect(places()).toEqual(['/animal', '/steam'])
    expect(places('/animal', '/animal/cat', '/steam')).toEqual([
      '/animal',
      '/animal/cat',
      '/animal/cat/hiss',
      '/animal/snake',
      '/steam',
      '/steam/hiss',
    ])
    // Open below a closed place: kept for when that is opened again.
    expect(places('/animal/cat')).toEqual(['/animal', '/steam'])
  })

  it('says to a screen reader where a row stands', () => {
    expect(forest.listRows(new Set(['/animal'])).find(({ entry: { id } }) => id === 'snake')).toMatchObject({
      level: 2,
      position: 2,
      siblings: 2,
      hasChildren: true,
      isOpen: false,
    })
  })

  it('finds the first place of a class, and all below it', () => {
    expect(forest.placeOf('hiss')).toEqual({ place: '/animal/snake/hiss', above: ['/animal', '/animal/snake'] })
    expect(forest.placeOf('nobody')).toEqual({ place: '', above: [] })
    expect([...forest.below('animal')].sort()).toEqual(['animal', 'cat', 'hiss', 'snake'])
  })

  it('lists what was searched once, with the way to it', () => {
    expect(forest.search('hiss').map(({ entry: { id }, path }) => [id, path])).toEqual([['hiss', 'animal › snake']])
  })
})
