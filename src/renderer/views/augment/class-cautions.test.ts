import { describe, expect, it } from 'vitest'
import type { AugmentationStep } from '../../../dsp/recipe'
import type { OntologyClass } from '../../../shared/contract/ontology'
import { ontologyClass } from '../../testing/ontology-class'
import { listCautions } from './class-cautions'
import { findKinds } from './class-kinds'
import { stepKinds } from './step-kinds'

const classOf = (name: string, own: Partial<OntologyClass> = {}): OntologyClass =>
  ontologyClass(name, { clipCount: 10, ...own })
const esc10 = [
  'dog',
  'rain',
  'sea waves',
  'crying baby',
  'clock tick',
  'person sneeze',
  'helicopter',
  'chainsaw',
  'rooster',
  'fire crackling',
].map((name) => classOf(name))
const made = (kind: AugmentationStep['kind']): AugmentationStep => stepKinds.find((one) => one.kind === kind)!.make()
const cautionsOf = (step: AugmentationStep, classes = esc10, heard: string | null = null) =>
  listCautions(step, classes, findKinds(classes), heard)
const namesOf = (...given: Parameters<typeof cautionsOf>): string[] =>
  cautionsOf(...given).flatMap(({ names }) => names)

describe('cautions of a step for the classes of a catalog', () => {
  it('name the classes that it concerns, and are quiet for others', () => {
    expect(namesOf(made('pitch-shift'))).toEqual(['crying baby', 'rooster'])
    expect(namesOf(made('time-stretch'))).toEqual(['clock tick', 'helicopter', 'clock tick'])
    expect(namesOf(made('silence'))).toEqual(['chainsaw', 'fire crackling', 'helicopter', 'rain', 'sea waves'])
    expect(namesOf(made('noise'))).toEqual(['rain', 'sea waves'])
    expect(namesOf(made('time-shift'))).toEqual(['dog', 'person sneeze', 'rooster'])
    const wild = ['rain', 'sea waves', 'footsteps on snow'].map((name) => classOf(name))
    expect(cautionsOf(made('pitch-shift'), wild)).toEqual([])
    expect(cautionsOf(made('gain'))).toEqual([])
  })

  it('have the class of the clip that is heard first, and leave out classes without a clip', () => {
    const some = [...esc10, classOf('church bells', { clipCount: 0 }), classOf('siren')]
    expect(namesOf(made('pitch-shift'), some, 'rooster')).toEqual(['rooster', 'crying baby', 'siren'])
    expect(namesOf(made('pitch-shift'), some, 'church bells')[0]).toBe('church bells')
  })

  it('are quiet for classes that the step is not for', () => {
    const shift = made('pitch-shift')
    expect(namesOf({ ...shift, exceptClasses: ['rooster'] })).toEqual(['crying baby'])
    expect(namesOf({ ...shift, onlyClasses: ['rain', 'rooster'] })).toEqual(['rooster'])
    expect(cautionsOf({ ...shift, exceptClasses: ['rooster', 'crying baby'] })).toEqual([])
  })

  it('of a codec speak only where it goes through 8 kHz', () => {
    const some = [classOf('crickets')]
    expect(namesOf(made('codec'), some)).toEqual(['crickets'])
    expect(namesOf({ kind: 'codec', codec: 'g711-mu', at: 'own' }, some)).toEqual([])
  })

  it('follow AudioSet’s tree rather than names', () => {
    const tree = [
      classOf('Bird', { mid: '/m/015p6' }),
      classOf('Bird vocalization, bird call, bird song', { mid: '/m/020bb7', parentIds: ['Bird'] }),
      classOf('Chirp, tweet', { mid: '/m/07pggtn', parentIds: ['Bird vocalization, bird call, bird song'] }),
      classOf('Bird flight, flapping wings', { mid: '/m/05_wcq', parentIds: ['Bird'] }),
      // A project's own, without an id, under one that has.
      classOf('tawny owl', { parentIds: ['Chirp, tweet'] }),
    ]
    expect(namesOf(made('pitch-shift'), tree)).toEqual([
      'Bird vocalization, bird call, bird song',
      'Chirp, tweet',
      'tawny owl',
    ])
  })
})
