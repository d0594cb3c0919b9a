import type { EventName, HostEvents } from '../../shared/contract/contract'
import type { Announce } from '../../shared/rpc/server'
import type { Touched } from './catalog/touched'

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
  tellTouched(touched: Touched): void {
    const { clipIds, annotatedClipIds } = touched
    if (touched.isOntologyTouched) {
      this.tell('ontology.changed', {})
      // Names stand in every row of every list.
      this.tell('clips.changed', { clipIds: null })
    } else if (clipIds.size > 0 || annotatedClipIds.size > 0) {
      const ids = [...new Set([...clipIds, ...annotatedClipIds])]
      this.tell('clips.changed', { clipIds: ids.length > idLimit ? null : ids })
    }
    if (annotatedClipIds.size > 0) {
      const [first] = annotatedClipIds
      this.tell('annotations.changed', { clipId: annotatedClipIds.size === 1 ? first! : null })
    }
    if (touched.isListTouched || touched.isOntologyTouched || clipIds.size > 0 || annotatedClipIds.size > 0)
      this.tell('workspace.changed', {})
  }
}
