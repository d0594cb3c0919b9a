import type { EventName, HostEvents } from '../../shared/contract/contract'
import type { Announce } from '../../shared/rpc/server'
import type { Database } from './catalog/database'
import { readClipIds, type Touched } from './catalog/touched'

/** Longer lists of ids are told as "any of them". */
const idLimit = 500

/** Tells every connected window. */
export class Announcer {
  private readonly windows = new Set<Announce>()

  add(announce: Announce): void {
    this.windows.add(announce)
  }

  remove(announce: Announce): void {
    this.windows.delete(announce)
  }

  tell<N extends EventName>(name: N, payload: HostEvents[N]): void {
    for (const announce of this.windows) announce(name, payload)
  }

  /** Turns what an edit touched into events. */
  tellTouched(touched: Touched, database: Database): void {
    const { clipKeys, annotatedClipKeys, isListTouched } = touched
    const keys = new Set([...clipKeys, ...annotatedClipKeys])
    if (touched.isOntologyTouched) this.tell('ontology.changed', {})
    // Names of classes stand in every row of every list.
    if (touched.isOntologyTouched || isListTouched || keys.size > idLimit) this.tell('clips.changed', { clipIds: null })
    else if (keys.size > 0) this.tell('clips.changed', { clipIds: readClipIds(database, keys) })
    if (touched.areAnnotationsTouched) this.tell('annotations.changed', { clipId: null })
    else if (annotatedClipKeys.size > 0) {
      const ids = annotatedClipKeys.size === 1 ? readClipIds(database, annotatedClipKeys) : []
      this.tell('annotations.changed', { clipId: ids[0] ?? null })
    }
    if (isListTouched || touched.isOntologyTouched || keys.size > 0) this.tell('workspace.changed', {})
  }
}
