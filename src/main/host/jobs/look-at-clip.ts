import { canonicalJson } from '../../../dsp/canonical-json'
import type { ClassMaps, ModelInput } from '../../../shared/contract/model-view'
import { AppError } from '../../../shared/errors'
import type { LookManifest } from '../../../shared/job/manifest'
import { decodedSoundFolder } from '../media/media-desk'
import type { Workspace } from '../workspace'
import { runHelper } from './run-helper'

/** What of a look is asked; the clip's file is found by its id. */
export type Look = Pick<LookManifest, 'recipe' | 'model' | 'drawn'> & { clipId: string }

/** Answers that are kept, by what was asked and the sound as it was: a few of the last, for going there and back. */
export class LookShelf {
  readonly #kept = new Map<string, ModelInput | ClassMaps>()
  #values = 0
  readonly #mostValues: number

  /** @param mostValues numbers of all arrays together */
  constructor(mostValues = 2 ** 24) {
    this.#mostValues = mostValues
  }

  read(key: string): ModelInput | ClassMaps | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    // The latest is forgotten last.
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found
  }

  keep(key: string, answer: ModelInput | ClassMaps): void {
    this.#kept.set(key, answer)
    this.#values += answer.values.length
    for (const [oldest, { values }] of this.#kept) {
      if (this.#values <= this.#mostValues || oldest === key) break
      this.#kept.delete(oldest)
      this.#values -= values.length
    }
  }
}

/** Who is asked, and what has been answered already. */
export interface LookDesk {
  workspace: Workspace
  shelf: LookShelf
}

/**
 * What a model is given of a clip.
 * @throws AppError 'not-found', 'bad-file', 'cancelled', 'worker-died' and what the worker says
 */
export function lookAtInput(desk: LookDesk, look: Look, signal: AbortSignal): Promise<ModelInput> {
  return ask(desk, look, 'input', signal) as Promise<ModelInput>
}

/** Where in a clip a model finds each class. @throws AppError as lookAtInput, and 'invalid-argument' for too long a clip */
export function lookForClasses(desk: LookDesk, look: Look, signal: AbortSignal): Promise<ClassMaps> {
  return ask(desk, look, 'maps', signal) as Promise<ClassMaps>
}

async function ask(
  { workspace, shelf }: LookDesk,
  { clipId, recipe, model, drawn }: Look,
  wants: LookManifest['wants'],
  signal: AbortSignal,
): Promise<ModelInput | ClassMaps> {
  const { media, path } = workspace.catalog
  return media.withSound(clipId, async (sound) => {
    const { startSeconds, endSeconds, soundKey } = sound
    const key = canonicalJson({ soundKey, startSeconds, endSeconds, recipe, model, drawn, wants })
    const known = shelf.read(key)
    if (known) return known
    let answer: ModelInput | ClassMaps | undefined
    const manifest: LookManifest = {
      kind: 'look',
      wants,
      clip: { id: clipId, path: sound.path, contentHash: sound.contentHash, startSeconds, endSeconds },
      recipe,
      model,
      drawn,
      decodedFolder: decodedSoundFolder(path),
    }
    await runHelper(workspace, manifest, {
      what: 'The look at the clip',
      signal,
      onEvent(event) {
        if (event.type === 'progress') {
          const { done, total, message } = event
          workspace.announcer.tell('modelView.progress', { clipId, done, total, message })
        }
        if (event.type === 'model-input') answer = event.input
        if (event.type === 'class-maps') answer = event.maps
      },
    })
    if (!answer) throw new AppError('internal', `The worker did not answer what it was asked of ${sound.path}.`)
    shelf.keep(key, answer)
    return answer
  })
}
