import { watch, type Ref } from 'vue'
import type { ClipDetail, ClipPosition } from '../../../shared/contract/clips'
import { type Action, useActions } from '../../composables/actions'
import { useClient } from '../../composables/use-client'
import { useToaster } from '../../composables/use-toaster'
import { fileName } from '../../display-format'
import { useOntologyStore } from '../../stores/ontology'
import { useSettingsStore } from '../../stores/settings'
import type { Segment } from './segment'
import type { Segments } from './use-segments'
import type { useOpenClip } from './use-open-clip'

interface QuickLabel {
  clip: Ref<ClipDetail | null>
  position: Ref<ClipPosition | null>
  segments: Segments
  open: Pick<ReturnType<typeof useOpenClip>, 'setLabel'>
  go(clipId: string): void
  play(segment: Segment): void
}

/**
 * The macro: one key labels, finishes what was labeled, goes to the next and plays it. A segment leads to the next segment
 * of the clip; the last of them, as a clip without a selected one, finishes the clip and leads to the next clip. One undo takes
 * back the label and what became of the clip.
 */
export function useQuickLabel(view: QuickLabel) {
  const client = useClient()
  const settings = useSettingsStore()
  const ontology = useOntologyStore()
  const toaster = useToaster()
  const { segments } = view
  const lastClassId = (): string | undefined => settings.values.recentClassIds.find((id) => ontology.byId.has(id))
  /** The clip whose neighbour is to be opened as soon as it is known. */
  let leaving: string | null = null
  let isToPlay = false

  function leave(): void {
    const position = view.position.value
    if (leaving === null || position === null) return
    const isHere = view.clip.value?.id === leaving
    leaving = null
    if (!isHere) return
    isToPlay = position.nextId !== null && settings.values.quickPlays
    if (position.nextId !== null) view.go(position.nextId)
    else toaster.show({ tone: 'note', title: 'That was the last clip of the list' })
  }
  watch(view.position, leave)

  /** @returns once the host has answered */
  async function run(classId: string): Promise<void> {
    const clip = view.clip.value
    const name = ontology.byId.get(classId)?.name
    if (!clip || name === undefined || leaving !== null) return
    const { quickStatus, quickCompletes, quickGoesOn, quickPlays } = settings.values
    const segment = segments.selected.value
    const after = segment && segments.list.value[segments.list.value.indexOf(segment) + 1]
    const ask = () =>
      client.labels.finish({
        clipId: clip.id,
        annotationId: segment?.id ?? null,
        classId,
        isFullyAnnotated: quickCompletes,
        status: quickStatus || null,
      })
    const failure = `${fileName(clip.recordingPath)} was not labeled`
    const asking = after
      ? segments.setLabel(segment.id, classId, name, 'present')
      : segment
        ? segments.setLabel(segment.id, classId, name, 'present', { ask, failure })
        : view.open.setLabel(classId, name, 'present', { ask, failure })
    if (quickGoesOn && after) {
      segments.select(after.id)
      if (quickPlays) view.play(after)
    } else if (quickGoesOn) {
      leaving = clip.id
      leave()
    }
    await asking
  }

  useActions((): Action[] => [
    {
      id: 'annotate.quick',
      run: () => {
        settings.values.isQuick = !settings.values.isQuick
        toaster.show({
          tone: 'note',
          title: settings.values.isQuick ? `Digits ${describeSteps()}` : 'Digits label, and the clip stays',
        })
      },
    },
    {
      id: 'annotate.quickAgain',
      when: () => view.clip.value !== null && lastClassId() !== undefined,
      run: () => run(lastClassId()!),
    },
  ])

  /** What a digit does now, in words. */
  function describeSteps(): string {
    const { quickStatus, quickCompletes, quickGoesOn, quickPlays } = settings.values
    return [
      'label',
      quickCompletes && 'mark as fully annotated',
      quickStatus && `mark as ${quickStatus}`,
      quickGoesOn && 'go on',
      quickGoesOn && quickPlays && 'play',
    ]
      .filter(Boolean)
      .join(', ')
  }

  return {
    run,
    describeSteps,
    /** Whether the clip that was just opened is to be heard; asked once. */
    takePlay(): boolean {
      const is = isToPlay
      isToPlay = false
      return is
    },
  }
}
