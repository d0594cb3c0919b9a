import { computed, onScopeDispose, ref, shallowRef, triggerRef, watch, type Ref } from 'vue'
import type { RatingItem, RatingSession, RatingVerdict } from '../../../shared/contract/sessions'
import { idleSeconds } from '../../../shared/contract/sessions'
import { type AppError, toAppError } from '../../../shared/errors'
import { hostLink } from '../../client'
import { useClient, useHostEvent } from '../../composables/use-client'
import { useToaster } from '../../composables/use-toaster'
import { ActClock } from './act-clock'
import { firstClass, isOpen, isRated, nextClass, withVerdict } from './rating-steps'
import { usePace } from './use-pace'

const pageSize = 50

/**
 * A session that is gone through: which segment, which class of it, and what a key does. What a person says is shown at
 * once and sent; what the host refuses is taken back, with its segment shown again.
 */
export function useSession(id: Ref<string>) {
  const client = useClient()
  const toaster = useToaster()
  const session = shallowRef<RatingSession | null>(null)
  const items = shallowRef(new Map<number, RatingItem>())
  const position = ref(0)
  const classIndex = ref(0)
  /** Nothing is left to rate ahead. */
  const isOver = ref(false)
  const takesSkipped = ref(false)
  const error = shallowRef<AppError | null>(null)
  /** Sent and not answered yet. */
  const pending = ref(0)
  const counts = ref({ rated: 0, skipped: 0 })
  const { pace, refreshPace } = usePace(id)
  const asked = new Set<number>()
  /** What was said last, and of what. */
  const said = shallowRef<{ item: RatingItem; name: string; verdict: RatingVerdict } | null>(null)
  let clock = new ActClock(idleSeconds * 1000, performance.now())
  let isGone = false

  const current = computed(() => (isOver.value ? null : (items.value.get(position.value) ?? null)))
  const currentClass = computed(() => current.value?.classes[classIndex.value] ?? null)
  const total = computed(() => session.value?.total ?? 0)
  const before = computed(() => items.value.get(position.value - 1) ?? null)

  function put(list: RatingItem[]): void {
    for (const item of list) items.value.set(item.position, item)
    triggerRef(items)
  }

  async function loadPage(number: number, isAgain = false): Promise<void> {
    if (number < 0 || number * pageSize >= total.value || (asked.has(number) && !isAgain)) return
    asked.add(number)
    try {
      const list = await client.sessions.items({ id: id.value, position: number * pageSize, count: pageSize })
      if (isGone) return
      // What was said meanwhile is newer than the answer.
      if (!isAgain || pending.value === 0) put(list)
    } catch (thrown) {
      asked.delete(number)
      error.value = toAppError(thrown)
    }
  }

  const pageOf = (place: number): number => Math.floor(place / pageSize)

  async function ensure(place: number): Promise<void> {
    await loadPage(pageOf(place))
    // The next ones are here before they are asked for.
    void loadPage(pageOf(place + 10))
  }

  async function goTo(place: number, at?: number): Promise<void> {
    await ensure(place)
    const item = items.value.get(place)
    if (!item) return
    isOver.value = false
    position.value = place
    classIndex.value = at ?? firstClass(item)
  }

  /** The first segment after a place that is to be rated; null where none is left. */
  async function findOpen(after: number): Promise<number | null> {
    for (let place = after; place < total.value; place++) {
      if (!items.value.has(place)) await ensure(place)
      const item = items.value.get(place)
      if (item && isOpen(item, takesSkipped.value)) return place
    }
    return null
  }

  /** The segment that would come next, as far as it is here. */
  const upcoming = computed(() => {
    for (let place = position.value + 1; place < position.value + pageSize; place++) {
      const item = items.value.get(place)
      if (!item) return null
      if (isOpen(item, takesSkipped.value)) return item
    }
    return null
  })

  async function advance(): Promise<void> {
    const known = upcoming.value?.position
    const next = known ?? (await findOpen(position.value + 1))
    if (next === null) isOver.value = true
    else await goTo(next)
  }

  async function load(): Promise<void> {
    try {
      const found = await client.sessions.get({ id: id.value })
      session.value = found
      counts.value = { rated: found.rated, skipped: found.skipped }
      void refreshPace()
      error.value = null
      if (found.next === null) isOver.value = true
      else await goTo(found.next)
      clock = new ActClock(idleSeconds * 1000, performance.now())
    } catch (thrown) {
      error.value = toAppError(thrown)
    }
  }

  function change(item: RatingItem): void {
    const old = items.value.get(item.position)
    if (old) {
      counts.value.rated += Number(isRated(item)) - Number(isRated(old))
      counts.value.skipped += Number(item.isSkipped) - Number(old.isSkipped)
    }
    put([item])
  }

  /** Sends what was said; where it is refused, the segment is as it was, and shown. */
  async function send(before: RatingItem, ask: () => Promise<unknown>, what: string): Promise<void> {
    pending.value++
    try {
      await ask()
    } catch (thrown) {
      toaster.error(thrown, what)
      change(before)
      said.value = null
      await goTo(before.position)
    } finally {
      pending.value--
      void refreshPace()
    }
  }

  /** Judges the class that is asked for, and goes on. */
  async function rate(verdict: RatingVerdict): Promise<void> {
    const item = current.value
    const asks = currentClass.value
    if (!item || !asks) return
    const wasRated = isRated(item)
    const next = withVerdict(item, asks.classId, verdict)
    change(next)
    said.value = { item, name: asks.name, verdict }
    const place = { id: id.value, position: item.position }
    void send(
      item,
      () => client.sessions.rate({ ...place, classId: asks.classId, verdict, ...clock.take() }),
      'The verdict was not kept',
    )
    const judged = classIndex.value
    const following = wasRated ? (judged + 1 < item.classes.length ? judged + 1 : null) : nextClass(next, judged)
    if (following === null) await advance()
    else classIndex.value = following
  }

  /** Leaves an open segment for later; past one that is rated it only goes on. */
  async function skip(): Promise<void> {
    const item = current.value
    if (!item) return
    if (isRated(item)) {
      if (position.value + 1 < total.value) await goTo(position.value + 1)
      else isOver.value = true
      return
    }
    if (!item.isSkipped) {
      change({ ...item, isSkipped: true })
      const place = { id: id.value, position: item.position }
      void send(item, () => client.sessions.skip({ ...place, ...clock.take() }), 'The segment was not skipped')
    }
    await advance()
  }

  async function back(): Promise<void> {
    const place = isOver.value ? total.value - 1 : position.value - 1
    if (place >= 0) await goTo(place, 0)
  }

  const chooseClass = (by: number): void => {
    const last = (current.value?.classes.length ?? 1) - 1
    classIndex.value = Math.min(last, Math.max(0, classIndex.value + by))
  }

  async function takeSkipped(): Promise<void> {
    takesSkipped.value = true
    const first = await findOpen(0)
    if (first === null) isOver.value = true
    else await goTo(first)
  }

  function takeBack(place: number, at: number | undefined): Promise<void> {
    said.value = null
    return goTo(place, at)
  }

  /** An undo, a redo, or another window: what is shown is asked for again, and what was taken back is asked again. */
  async function refresh(): Promise<void> {
    const old = new Map(items.value)
    const pages = [...new Set([...asked].filter((page) => Math.abs(page - pageOf(position.value)) <= 1))]
    await Promise.all(pages.map((page) => loadPage(page, true)))
    const fresh = await client.sessions.get({ id: id.value }).catch(() => null)
    if (isGone || pending.value > 0) return
    if (!fresh) {
      // The session itself was taken back.
      return load()
    }
    session.value = fresh
    counts.value = { rated: fresh.rated, skipped: fresh.skipped }
    void refreshPace()
    for (const [place, was] of [...old].sort(([a], [b]) => a - b)) {
      const now = items.value.get(place)
      const lost = now?.classes.findIndex(
        ({ verdict }, index) =>
          verdict !== (was.classes[index]?.verdict ?? null) && was.classes[index]?.verdict != null,
      )
      if (now && ((lost !== undefined && lost >= 0) || (was.isSkipped && !now.isSkipped && !isRated(now))))
        return takeBack(place, lost !== undefined && lost >= 0 ? lost : undefined)
    }
    if (current.value && isRated(current.value) && !isRated(old.get(position.value) ?? current.value)) await advance()
  }
  useHostEvent('history.changed', ({ redoTitle }) => {
    // Own edits say nothing new; whatever can be made again was taken back.
    if (redoTitle !== null || pending.value === 0) void refresh()
  })
  onScopeDispose(hostLink().onReconnect(() => void refresh()))
  onScopeDispose(() => (isGone = true))

  watch(
    id,
    () => {
      items.value = new Map()
      asked.clear()
      session.value = null
      isOver.value = false
      takesSkipped.value = false
      said.value = null
      pace.value = null
      void load()
    },
    { immediate: true },
  )

  return {
    session,
    current,
    currentClass,
    classIndex,
    before,
    upcoming,
    said,
    position,
    total,
    counts,
    pace,
    pending,
    isOver,
    error,
    rate,
    skip,
    back,
    goTo,
    chooseClass,
    takeSkipped,
    reload: load,
    /** A key or a click that counts as work. */
    act: () => clock.act(performance.now()),
    setNote(note: string): Promise<void> {
      const item = current.value
      if (!item) return Promise.resolve()
      change({ ...item, note: note.trim() })
      return send(item, () => client.clips.setNote({ id: item.clipId, note }), 'The note was not kept')
    },
  }
}

export type Session = ReturnType<typeof useSession>
