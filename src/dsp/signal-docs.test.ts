/** docs/signal.md says of every front end and every augmentation what is true. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { augmentationRows } from '../../scripts/signal-docs/augmentations'
import { measureAll, type Measured } from '../../scripts/signal-docs/measure'
import { fillPage, imageOf, roundUp } from '../../scripts/signal-docs/page'
import { drawAugmentation, drawFrontEnd } from '../../scripts/signal-docs/picture'
import { frontEndParts, partsOf } from '../../scripts/signal-docs/parts'
import { hasSound, referenceCases } from '../../scripts/signal-docs/reference-cases'
import { parseChain } from '../shared/contract/augmentation'
import { pictureKinds } from './augment/chain'
import { soundKinds } from './augment/runners'
import { frontEndPresets } from './front-end-presets'

const dsp = import.meta.dirname
const docs = join(dsp, '../../docs')
const page = readFileSync(join(docs, 'signal.md'), 'utf8')

/** Without how a table is laid out. */
const plain = (text: string): string => text.replace(/ *\| */g, '|').replace(/-{3,}/g, '---')
const measuredNumber = /-?\d+(\.\d+)?e-\d+|-\d{3}\.\d/g
const numbersOf = (text: string): number[] => (text.match(measuredNumber) ?? []).map(Number)

/** Of a PNG with one chunk of them: how well they are packed differs between versions of zlib. */
function pixelsOf(png: Uint8Array): Buffer {
  const bytes = Buffer.from(png)
  const at = bytes.indexOf('IDAT')
  return inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)))
}

let measured: Measured
beforeAll(async () => {
  measured = await measureAll()
}, 60_000)

describe('docs/signal.md', () => {
  it('has a row for every named front end, with its definition, hash and picture', () => {
    for (const { name } of frontEndPresets) {
      expect(page).toContain(`(${imageOf(name)})`)
      expect(statSync(join(docs, imageOf(name))).size).toBeLessThan(15_000)
    }
  })

  it.skipIf(!referenceCases.every(hasSound))('says what the code says, and errors no smaller than they are', () => {
    const made = fillPage(page, measured)
    const words = (text: string): string => plain(text).replaceAll(measuredNumber, '#')
    // "npm run signal-docs" writes it anew.
    expect(words(page)).toBe(words(made))
    const [said, found] = [numbersOf(plain(page)), numbersOf(plain(made))]
    for (const [i, number] of said.entries()) {
      // Dashes before a number are decibels, where nearer to 0 is worse.
      if (number < -100) expect(Math.abs(number - found[i]!)).toBeLessThan(2)
      else expect(Math.max(number / found[i]!, found[i]! / number), String(number)).toBeLessThan(2)
    }
  })

  it('shows what the front ends draw now', () => {
    for (const { name, frontEnd } of frontEndPresets) {
      const path = join(docs, imageOf(name))
      expect(existsSync(path), path).toBe(true)
      expect(pixelsOf(readFileSync(path)).equals(pixelsOf(drawFrontEnd(frontEnd))), name).toBe(true)
    }
  })

  it('shows what the augmentations do now', async () => {
    for (const row of augmentationRows) {
      const path = join(docs, imageOf(`augment-${row.name}`))
      expect(existsSync(path), path).toBe(true)
      expect(pixelsOf(readFileSync(path)).equals(pixelsOf(await drawAugmentation(row))), row.name).toBe(true)
    }
  })

  it('has a reference for every named front end, and for every part that one may have', () => {
    for (const { name } of frontEndPresets) expect(measured.presets.get(name)!.length, name).toBeGreaterThan(0)
    for (const part of frontEndParts) expect(measured.parts.get(part)!.length, part).toBeGreaterThan(0)
    const held = frontEndPresets.flatMap(({ frontEnd }) => partsOf(frontEnd))
    expect(held.filter((part) => !frontEndParts.includes(part))).toEqual([])
  })

  it('has a row for every kind of step, and no row for what is none', () => {
    const kinds = [...soundKinds, ...Object.keys(pictureKinds)]
    expect([...new Set(augmentationRows.map(({ step }) => step.kind))].sort()).toEqual(kinds.sort())
    for (const { name, step, tests } of augmentationRows) {
      expect(page).toContain(`\`${name}\`<br>![Before and after ${name}](${imageOf(`augment-${name}`)})`)
      expect(parseChain({ steps: [step] }, name)).toEqual({ steps: [step] })
      for (const file of tests.split(', '))
        expect(
          [join(dsp, 'augment', file), join(dsp, file)].some((path) => existsSync(path)),
          file,
        ).toBe(true)
    }
  })

  it('rounds an error up, never down', () => {
    expect(roundUp(0)).toBe('0')
    expect(roundUp(1.21e-5)).toBe('1.3e-5')
    expect(roundUp(9.99e-7)).toBe('1e-6')
    expect(roundUp(2e-3)).toBe('2e-3')
  })
})
