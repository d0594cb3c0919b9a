import type { Verdict } from '../../shared/contract/labels'
import type { SelectedClips } from '../components/selected-clips'
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
  async function setLabel({ choice, count }: SelectedClips, classId: string, state: Verdict): Promise<boolean> {
    if (choice === null) return false
    try {
      await client.labels.set({ ...choice, classId, state })
      if (count > 1)
        toaster.show({
          title: `${formatNumberOf(count, 'clip')}: ${ontology.byId.get(classId)?.name ?? 'class'} ${state === 'unsure' ? 'cannot be told' : state}`,
          action: { title: 'Undo', run: () => void history.undo() },
        })
      return true
    } catch (thrown) {
      toaster.failure(thrown, 'The label was not set')
      return false
    }
  }

  /** Says of clips whether every class that is heard on them is labeled. */
  async function setFullyAnnotated({ choice, count }: SelectedClips, isFullyAnnotated: boolean): Promise<void> {
    if (choice === null) return
    try {
      const { title } = await client.labels.setFullyAnnotated({ ...choice, isFullyAnnotated })
      if (count > 1) toaster.show({ title, action: { title: 'Undo', run: () => void history.undo() } })
    } catch (thrown) {
      toaster.failure(thrown, 'The clips were not marked')
    }
  }

  /** Marks what was picked in a LabelPicker as present, adding the class where it is new. */
  async function pickLabel(
    selected: SelectedClips,
    picked: { classId: string } | { newName: string },
  ): Promise<boolean> {
    const classId = await resolveClass(picked)
    return classId !== null && setLabel(selected, classId, 'present')
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
