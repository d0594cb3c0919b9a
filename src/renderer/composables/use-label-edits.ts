import type { Verdict } from '../../shared/contract/labels'
import { formatNumberOf } from '../display-format'
import { useHistoryStore } from '../stores/history'
import { useOntologyStore } from '../stores/ontology'
import { useClient } from './use-client'
import { useToaster } from './use-toaster'

/** Judging classes on clips: one command each, undoable; what concerns several clips is said. */
export function useLabelEdits() {
  const client = useClient()
  const ontology = useOntologyStore()
  const history = useHistoryStore()
  const toaster = useToaster()

  /** Marks a class on clips. @returns whether it was taken. */
  async function setLabel(clipIds: readonly string[], classId: string, state: Verdict): Promise<boolean> {
    if (clipIds.length === 0) return false
    try {
      await client.labels.set({ clipIds: [...clipIds], classId, state })
      if (clipIds.length > 1)
        toaster.show({
          title: `${formatNumberOf(clipIds.length, 'clip')}: ${ontology.byId.get(classId)?.name ?? 'class'} ${state === 'unsure' ? 'cannot be told' : state}`,
          action: { title: 'Undo', run: () => void history.undo() },
        })
      return true
    } catch (thrown) {
      toaster.error(thrown, 'The label was not set')
      return false
    }
  }

  /** Says of clips whether every class that is heard on them is labeled. */
  async function setFullyAnnotated(clipIds: readonly string[], isFullyAnnotated: boolean): Promise<void> {
    if (clipIds.length === 0) return
    try {
      const { title } = await client.labels.setFullyAnnotated({ clipIds: [...clipIds], isFullyAnnotated })
      if (clipIds.length > 1) toaster.show({ title, action: { title: 'Undo', run: () => void history.undo() } })
    } catch (thrown) {
      toaster.error(thrown, 'The clips were not marked')
    }
  }

  /** Marks what was picked in a LabelPicker as present, adding the class where it is new. */
  async function pickLabel(
    clipIds: readonly string[],
    choice: { classId: string } | { newName: string },
  ): Promise<boolean> {
    const classId = await resolveClass(choice)
    return classId !== null && setLabel(clipIds, classId, 'present')
  }

  /** The id of a picked class, adding it where it is new; null when that was refused. */
  async function resolveClass(choice: { classId: string } | { newName: string }): Promise<string | null> {
    if ('classId' in choice) return choice.classId
    try {
      return (await ontology.add(choice.newName)).id
    } catch (thrown) {
      toaster.error(thrown, 'The class was not added')
      return null
    }
  }

  return { setLabel, setFullyAnnotated, pickLabel, resolveClass }
}
