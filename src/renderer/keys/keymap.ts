/** Which keys an action has now: the person's, else those of the preset, else its own; and which of them clash. */
import { shallowRef } from 'vue'
import { type Keymap, keymapSchema, newKeymap, type PresetId } from '../../shared/contract/keymap'
import { AppError } from '../../shared/errors'
import { isKeyName } from './key-names'
import { type ActionId, actionIds, areLiveTogether, isActionId, type KeyEntry, keyTable, leaderOf } from './key-table'
import { presets } from './presets'

/** The keys of this window. The store keeps them as the host has them. */
export const currentKeymap = shallowRef<Keymap>(newKeymap())

/** The keys that a preset gives an action, before the person's own. */
export function presetKeys(preset: PresetId, id: ActionId): readonly string[] {
  const leader = leaderOf(id)
  return presets[preset].keys[leader]?.split(' ') ?? keyTable[leader].keys
}

/** The keys of an action, most important first. */
export function keysIn(keymap: Keymap, id: ActionId): readonly string[] {
  return keymap.bindings[leaderOf(id)] ?? presetKeys(keymap.preset, id)
}

/** The keymap with other keys for an action; what the preset has anyway is not kept. */
export function bind(keymap: Keymap, id: ActionId, keys: readonly string[]): Keymap {
  const leader = leaderOf(id)
  const others = Object.fromEntries(Object.entries(keymap.bindings).filter(([other]) => other !== leader))
  const preset = presetKeys(keymap.preset, leader)
  const isPreset = keys.length === preset.length && keys.every((key, index) => key === preset[index])
  return { ...keymap, bindings: isPreset ? others : { ...others, [leader]: [...keys] } }
}

/** A key that means two things where both can be done. */
export interface KeyConflict {
  key: string
  ids: [ActionId, ActionId]
}

/** Every pair of actions that a key cannot tell apart. An action and the one it follows are the same act. */
export function findConflicts(keymap: Keymap): KeyConflict[] {
  const byKey = new Map<string, ActionId[]>()
  for (const id of actionIds)
    for (const key of new Set(keysIn(keymap, id))) byKey.set(key, [...(byKey.get(key) ?? []), id])
  const found: KeyConflict[] = []
  for (const [key, ids] of byKey)
    for (const [place, one] of ids.entries())
      for (const other of ids.slice(place + 1)) if (clash(one, other)) found.push({ key, ids: [one, other] })
  return found
}

const clash = (a: ActionId, b: ActionId): boolean =>
  leaderOf(a) !== leaderOf(b) && areLiveTogether(keyTable[a].scope, keyTable[b].scope)

/** The actions that a key would clash with, were it given to `id`; one for each set of keys that must give it up. */
export function findRivals(keymap: Keymap, id: ActionId, key: string): ActionId[] {
  const family = actionIds.filter((other) => leaderOf(other) === leaderOf(id))
  const rivals = actionIds.filter(
    (other) => keysIn(keymap, other).includes(key) && family.some((member) => clash(member, other)),
  )
  return [...new Set(rivals.map(leaderOf))]
}

/** Gives an action a key, and takes it from everything it would clash with. @throws AppError 'conflict' for a fixed key */
export function takeKey(keymap: Keymap, id: ActionId, key: string): Keymap {
  let next = keymap
  for (const rival of findRivals(keymap, id, key)) {
    if (isFixed(rival))
      throw new AppError('conflict', `${key} stays with “${keyTable[rival].title}”: it is the way out of everything.`)
    next = bind(
      next,
      rival,
      keysIn(next, rival).filter((other) => other !== key),
    )
  }
  const own = keysIn(next, id)
  return own.includes(key) ? next : bind(next, id, [...own, key])
}

export const isFixed = (id: ActionId): boolean => (keyTable[id] as KeyEntry).isFixed === true

/** The text of a keymap's file: what differs from the preset. */
export const writeKeymap = (keymap: Keymap): string => JSON.stringify({ earmarkKeys: 1, ...keymap }, null, 2) + '\n'

/**
 * Reads a keymap's file. Actions that this Earmark does not know are left out and named.
 * @throws AppError 'bad-file' with the file, the place and the reason
 */
export function readKeymap(text: string, file: string): { keymap: Keymap; unknown: string[] } {
  const fail = (reason: string): AppError =>
    new AppError('bad-file', `${file}: ${reason}`, { hint: 'Export the keys once to see what such a file looks like.' })
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (cause) {
    throw fail(`it is not JSON (${cause instanceof Error ? cause.message : String(cause)}).`)
  }
  const { earmarkKeys, ...rest } = Object(given) as Record<string, unknown>
  if (earmarkKeys !== 1) throw fail('it holds no keys of Earmark (“earmarkKeys”: 1 is missing).')
  const parsed = keymapSchema.safeParse(rest)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw fail(`${issue.path.join('.') || 'the file'}: ${issue.message}.`)
  }
  const unknown: string[] = []
  let keymap: Keymap = { preset: parsed.data.preset, bindings: {} }
  for (const [id, keys] of Object.entries(parsed.data.bindings)) {
    const wrong = keys.find((key) => !isKeyName(key))
    if (wrong !== undefined) throw fail(`bindings.${id}: “${wrong}” names no key.`)
    if (!isActionId(id)) unknown.push(id)
    else if (!isFixed(id)) keymap = bind(keymap, id, keys)
  }
  return { keymap, unknown }
}
