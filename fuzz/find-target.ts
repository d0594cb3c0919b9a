import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { soundTarget, targets } from '../src/formats/testing/fuzz/targets'
import type { FuzzTarget } from '../src/formats/testing/fuzz/target'
import { faultyTargets } from './faulty-targets'

const fixtures = join(import.meta.dirname, '../../src/formats/audio/fixtures')

const sound = soundTarget(() => {
  const names = readdirSync(fixtures).filter((name) => name !== 'README.md' && name !== 'ulaw.wav')
  return Promise.resolve(
    Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(fixtures, name)))])),
  )
})

/** Every reader that is fuzzed. */
export const allTargets: readonly FuzzTarget[] = [...targets, sound]

/** @throws Error naming those there are */
export function findTarget(id: string): FuzzTarget {
  const target = [...allTargets, ...faultyTargets].find((candidate) => candidate.id === id)
  if (target) return target
  throw new Error(`No reader is called “${id}”: there are ${allTargets.map((candidate) => candidate.id).join(', ')}.`)
}
