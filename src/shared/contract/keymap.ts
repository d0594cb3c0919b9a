import { z } from 'zod'
import { call } from './define'

export const presetSchema = z.enum(['earmark', 'audacity', 'raven', 'whombat', 'label-studio', 'praat'])
export type PresetId = z.infer<typeof presetSchema>

/** A preset, and the keys by action that the person has set differently; no key is a choice too. */
export const keymapSchema = z.strictObject({
  preset: presetSchema,
  bindings: z
    .record(z.string().min(1).max(100), z.array(z.string().min(1).max(40)).max(8))
    .refine((bindings) => Object.keys(bindings).length <= 1000, 'More than 1,000 actions'),
})
export type Keymap = z.infer<typeof keymapSchema>

export const newKeymap = (): Keymap => ({ preset: 'earmark', bindings: {} })

/** The keys of this person, kept with their settings and not in a catalog. */
export const keymapCalls = {
  get: call(z.void()).returns<Keymap>(),
  set: call(keymapSchema).returns<Keymap>(),
}
