import { nextTick, ref, watch, type Ref } from 'vue'
import type { ClipDetail } from '../../../shared/contract/clips'
import type { Verdict } from '../../../shared/contract/labels'
import { useLabelEdits } from '../../composables/use-label-edits'
import { useOntologyStore } from '../../stores/ontology'
import { useSettingsStore } from '../../stores/settings'
import type { useOpenClip } from './use-open-clip'
import type { useQuickLabel } from './use-quick-label'
import type { Segments } from './use-segments'

interface Labelling {
  clip: Ref<ClipDetail | null>
  segments: Segments
  open: Pick<ReturnType<typeof useOpenClip>, 'setLabel'>
  quick: Pick<ReturnType<typeof useQuickLabel>, 'run'>
}

/** What the next pick means: that a class is heard, that it cannot be told, or a code that is typed. */
type PickMode = 'present' | 'unsure' | 'code'

const nextState: Record<Verdict, Verdict> = {
  unknown: 'present',
  present: 'absent',
  absent: 'unknown',
  unsure: 'present',
}

/** Labels on what is chosen, by key or out of the picker: on the selected segment, and without one on the clip. */
export function useLabelling({ clip, segments, open, quick }: Labelling) {
  const ontology = useOntologyStore()
  const settings = useSettingsStore()
  const edits = useLabelEdits()
  const isPickingForClip = ref(false)
  const isPickingForSegment = ref(false)
  const pickMode = ref<PickMode>('present')
  const target = (): 'clip' | 'segment' => (segments.selected.value ? 'segment' : 'clip')

  async function set(on: 'clip' | 'segment', classId: string, state: Verdict): Promise<void> {
    const name = ontology.byId.get(classId)?.name ?? ''
    const segment = segments.selected.value
    if (on === 'clip') await open.setLabel(classId, name, state)
    else if (segment) await segments.setLabel(segment.id, classId, name, state)
  }

  async function pick(on: 'clip' | 'segment', choice: { classId: string } | { newName: string }): Promise<void> {
    const classId = await edits.resolveClass(choice)
    if (classId !== null) await set(on, classId, pickMode.value === 'unsure' ? 'unsure' : 'present')
  }

  /** Present, absent, unknown by turns; in quick mode all that its macro does. */
  function cycle(classId: string): Promise<void> {
    if (settings.values.isQuick) return quick.run(classId)
    const labels = segments.selected.value?.labels ?? clip.value?.labels ?? []
    const state = labels.find((label) => label.classId === classId)?.state ?? 'unknown'
    return set(target(), classId, nextState[state])
  }

  function openPicker(mode: PickMode = 'present'): void {
    pickMode.value = mode
    settings.values.showsInspector = true
    if (target() === 'segment') isPickingForSegment.value = true
    else isPickingForClip.value = true
  }
  // A picker that is opened by its button picks what is present.
  watch([isPickingForClip, isPickingForSegment], (now) => {
    if (!now.some(Boolean)) void nextTick(() => (pickMode.value = 'present'))
  })

  /** As it was labeled last. */
  function again(): unknown {
    const classId = settings.values.recentClassIds.find((id) => ontology.byId.has(id))
    return classId === undefined ? openPicker() : set(target(), classId, 'present')
  }

  return { isPickingForClip, isPickingForSegment, pickMode, set, pick, cycle, openPicker, again }
}
