import { nextTick, type Ref } from 'vue'
import { isProposal } from '../../../shared/contract/proposals'
import type { ClipDetail } from '../../../shared/contract/clips'
import type { ProposalVerdict } from '../../../shared/contract/annotations'
import { type Action, useActions } from '../../composables/actions'
import { useToaster } from '../../composables/use-toaster'
import { formatNumberOf } from '../../display-format'
import { useSettingsStore } from '../../stores/settings'
import type { Segment } from './segment'
import type { Segments } from './use-segments'

interface ProposalKeys {
  clip: Ref<ClipDetail | null>
  segments: Segments
  play(segment: Segment): void
  /** Brings a segment into the picture. */
  reveal(seconds: number): void
  focusField(which: 'times' | 'thresholds'): unknown
  /** Asks which run is to propose. */
  propose(): void
}

/** Keys that say something to what models propose: one key a verdict, and on to the next. */
export function useProposalKeys(view: ProposalKeys): void {
  const settings = useSettingsStore()
  const toaster = useToaster()
  const { segments } = view
  const { thresholds } = segments
  const say = (title: string): unknown => toaster.show({ tone: 'note', title })
  const hasClip = (): boolean => view.clip.value !== null
  const listShown = (): Segment[] => segments.list.value.filter(isProposal)
  const hasShown = (): boolean => listShown().length > 0
  const chosen = (): Segment[] => segments.chosen.value.filter(isProposal)

  /** The proposal after (1) or before (−1) the selected segment, going round; none of `without`. */
  function findNext(by: 1 | -1, without: readonly Segment[] = []): Segment | null {
    const { list, selectedId } = segments
    const from = list.value.findIndex(({ id }) => id === selectedId.value)
    const { length } = list.value
    const start = from < 0 ? (by > 0 ? -1 : 0) : from
    for (let distance = 1; distance <= length; distance++) {
      const segment = list.value[(((start + by * distance) % length) + length) % length]!
      if (isProposal(segment) && !without.some(({ id }) => id === segment.id)) return segment
    }
    return null
  }
  const sayNone = (): unknown => {
    const below = thresholds.hidden.value.length
    return say(
      below === 0
        ? 'No proposal waits on this clip'
        : `No proposal is shown on this clip; ${formatNumberOf(below, 'proposal')} below the threshold`,
    )
  }
  function goTo(segment: Segment | null): unknown {
    segments.select(segment?.id ?? null)
    if (segment === null) return sayNone()
    view.reveal(segment.startSeconds)
    if (settings.values.playsProposals) view.play(segment)
    return undefined
  }

  /** The first press shows what the second one judges. */
  async function judge(verdict: Exclude<ProposalVerdict, 'edited'>): Promise<unknown> {
    const judged = chosen()
    if (judged.length === 0) return goTo(findNext(1))
    const next = findNext(1, judged)
    const judging = segments.judge(judged, verdict)
    goTo(next)
    return judging
  }

  async function edit(): Promise<unknown> {
    const [proposal] = chosen()
    if (!proposal) return goTo(findNext(1))
    const judging = segments.judge([proposal], 'edited')
    await nextTick()
    const taken = segments.all.value.find(({ origin }) => origin?.sourceId === proposal.id)
    if (taken) {
      segments.select(taken.id)
      view.focusField('times')
    }
    return judging
  }

  async function rejectClass(): Promise<unknown> {
    const [proposal] = chosen()
    if (!proposal) return goTo(findNext(1))
    const present = proposal.labels.filter(({ state }) => state === 'present')
    const [label] = present
    if (!label || present.length > 1)
      return say(label ? 'It has several classes; reject it alone' : 'It has no class; reject it alone')
    const own = thresholds.waiting.value.filter(
      ({ labels }) =>
        labels
          .filter(({ state }) => state === 'present')
          .map(({ classId }) => classId)
          .join() === label.classId,
    )
    const next = findNext(1, own)
    const rejecting = segments.rejectClass(
      label.classId,
      own.map(({ id }) => id),
    )
    goTo(next)
    say(`${label.name} is nowhere on this clip; ${formatNumberOf(own.length, 'proposal')} rejected`)
    return rejecting
  }

  async function judgeAll(list: readonly Segment[], verdict: 'accepted' | 'rejected'): Promise<unknown> {
    if (list.length === 0) return sayNone()
    segments.select(null)
    const judging = segments.judge(list, verdict)
    say(`${formatNumberOf(list.length, 'proposal')} ${verdict}`)
    return judging
  }

  useActions((): Action[] => [
    { id: 'annotate.proposalNext', when: hasClip, run: () => goTo(findNext(1)) },
    { id: 'annotate.proposalPrevious', when: hasClip, run: () => goTo(findNext(-1)) },
    { id: 'annotate.accept', when: hasShown, run: () => judge('accepted') },
    { id: 'annotate.edit', when: hasShown, run: edit },
    { id: 'annotate.reject', when: hasShown, run: () => judge('rejected') },
    { id: 'annotate.rejectClass', when: hasShown, run: rejectClass },
    { id: 'annotate.acceptShown', when: hasShown, run: () => judgeAll(listShown(), 'accepted') },
    {
      id: 'annotate.rejectHidden',
      when: () => thresholds.hidden.value.length > 0,
      run: () => judgeAll(thresholds.hidden.value, 'rejected'),
    },
    {
      id: 'annotate.thresholds',
      when: () => thresholds.waiting.value.length > 0,
      run: () => view.focusField('thresholds'),
    },
    {
      id: 'annotate.judged',
      when: hasClip,
      run: () => {
        settings.values.showsJudged = !settings.values.showsJudged
        say(settings.values.showsJudged ? 'Judged proposals are shown' : 'Judged proposals are hidden, and kept')
      },
    },
    { id: 'annotate.propose', when: hasClip, run: () => view.propose() },
  ])
}
