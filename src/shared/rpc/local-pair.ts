import { type Channel, Inbox } from './channel'

/**
 * Two ends in one process. Frames are cloned, so that nothing passes here which a wire would drop.
 */
export function createLocalPair(): [Channel, Channel] {
  const inboxes = [new Inbox(), new Inbox()] as const
  let isOpen = true
  const end = (mine: Inbox, other: Inbox): Channel => ({
    send(frame) {
      if (!isOpen) return
      const copy = structuredClone(frame)
      queueMicrotask(() => other.push(copy))
    },
    listen: (listener) => mine.listen(listener),
    close() {
      isOpen = false
      mine.close()
      other.close()
    },
  })
  return [end(inboxes[0], inboxes[1]), end(inboxes[1], inboxes[0])]
}
