import { mutateText, nastyTexts } from './mutate-text'
import { below, isOneIn, pick, pickWeighted, type Random } from './random'

/** A part of a document: the object or list that holds it and under which key. */
interface Place {
  holder: Record<string, unknown> | unknown[]
  key: string
}

/** JSON that no value of JavaScript is written as stands in the tree as a text between these. */
const rawMark = '\u0001raw:'
const raw = (text: string): string => `${rawMark}${text}\u0001`

function placesOf(root: unknown): Place[] {
  const places: Place[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const holder = value as Place['holder']
    for (const key of Object.keys(holder)) {
      places.push({ holder, key })
      visit(read({ holder, key }))
    }
  }
  visit(root)
  return places
}

const read = ({ holder, key }: Place): unknown => (holder as Record<string, unknown>)[key]
function write({ holder, key }: Place, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}
function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else Reflect.deleteProperty(holder, key)
}

function nastyValue(random: Random): unknown {
  return pickWeighted<() => unknown>(random, [
    [6, () => pick(random, nastyTexts)],
    [6, () => pick(random, [-1, 0, -0, 0.1, 1e300, -1e300, 1e-300, 2 ** 53, 1e7, 1e7 + 1, 255, 65536, 4294967296])],
    [3, () => pick(random, [null, true, false, {}, [], [[]], { a: {} }, [null], [0, 1, 2], { length: 1e9 }])],
    [3, () => raw(pick(random, ['NaN', 'Infinity', '1e999', '-1e999', '1e-999', '-0', '00', "'x'", 'undefined']))],
    [1, () => raw(deepNest(random, pick(random, [10, 100, 3000, 20_000])))],
    [1, () => Array.from({ length: 2000 }, (_, index) => index)],
  ])()
}

export function deepNest(random: Random, depth: number): string {
  return isOneIn(random, 2) ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
}

type TreeMutation = (places: Place[], random: Random) => void

const replaceValue: TreeMutation = (places, random) => write(pick(random, places), nastyValue(random))
const removeValue: TreeMutation = (places, random) => remove(pick(random, places))

/** A copy of one part stands where another was. */
const transplant: TreeMutation = (places, random) =>
  write(pick(random, places), structuredClone(read(pick(random, places))))

/** Two parts of one object or list change places, as start and end do. */
const swapSiblings: TreeMutation = (places, random) => {
  const first = pick(random, places)
  const second = pick(
    random,
    places.filter(({ holder }) => holder === first.holder),
  )
  const [own, other] = [read(first), read(second)]
  write(first, other)
  write(second, own)
}

const renameKey: TreeMutation = (places, random) => {
  const place = pick(random, places)
  if (Array.isArray(place.holder)) return
  const value = read(place)
  remove(place)
  write(
    { ...place, key: pick(random, ['__proto__', 'constructor', '', 'a', 'length', place.key.toUpperCase()]) },
    value,
  )
}

/** An entry of a list stands there many times. */
const repeatEntry: TreeMutation = (places, random) => {
  const lists = places.filter(({ holder }) => Array.isArray(holder))
  if (lists.length === 0) return
  const place = pick(random, lists)
  const copies = Array.from({ length: pick(random, [1, 2, 50, 500]) }, () => structuredClone(read(place)))
  ;(place.holder as unknown[]).push(...copies)
}

/** A number is moved a little, or its sign turned. */
const bendNumber: TreeMutation = (places, random) => {
  const numbers = places.filter((place) => typeof read(place) === 'number')
  if (numbers.length === 0) return
  const place = pick(random, numbers)
  const value = read(place) as number
  write(place, pick(random, [-value, value + 1, value - 1, value * 1e6, value / 1e6, String(value), value + 1e-9]))
}

/** The same key stands twice in an object, with another value. */
const doubleKey: TreeMutation = (places, random) => {
  const members = places.filter(({ holder }) => !Array.isArray(holder))
  if (members.length === 0) return
  const { holder, key } = pick(random, members)
  const own = JSON.stringify((holder as Record<string, unknown>)[key]) as string | undefined
  if (own?.includes(rawMark) !== false) return
  write({ holder, key }, raw(`${JSON.stringify(nastyTexts[below(random, 20)])},${JSON.stringify(key)}:${own}`))
}

const mutations = [
  [8, replaceValue],
  [3, removeValue],
  [3, transplant],
  [3, swapSiblings],
  [2, renameKey],
  [2, repeatEntry],
  [4, bendNumber],
  [2, doubleKey],
] as const satisfies (readonly [number, TreeMutation])[]

/** Damages a JSON document, knowing of values, keys and lists; now and then as text. Text that is no JSON stays text. */
export function mutateJson(text: string, random: Random): string {
  if (isOneIn(random, 6)) return mutateText(text, random)
  try {
    return mutateTree(JSON.parse(text), random)
  } catch {
    // No JSON, or nested so deep by another mutation that this one cannot walk through it.
    return mutateText(text, random)
  }
}

function mutateTree(root: unknown, random: Random): string {
  const holder = [root]
  for (let times = 1 + below(random, 4); times > 0; times--) {
    const places = placesOf(isOneIn(random, 30) ? holder : holder[0])
    if (places.length > 0) pickWeighted(random, mutations)(places, random)
  }
  const written = JSON.stringify(holder[0], null, pick(random, [0, 0, 1])) as string | undefined
  return (written ?? '').replace(
    /"\\u0001raw:((?:[^"\\]|\\.)*?)\\u0001"/g,
    (_, inner: string) => JSON.parse(`"${inner}"`) as string,
  )
}

/** As `mutateJson`, of a document in each line. */
export function mutateJsonLines(text: string, random: Random): string {
  if (isOneIn(random, 4)) return mutateText(text, random)
  const lines = text.split('\n')
  const index = below(random, lines.length)
  lines[index] = mutateJson(lines[index]!, random)
  if (isOneIn(random, 4)) lines.splice(below(random, lines.length), 0, pick(random, lines))
  return lines.join('\n')
}
