import { shallowRef, watch } from 'vue'
import { type ReviewStanding, type ReviewStatus } from '../../shared/contract/review'
import type { SelectedClips } from '../components/selected-clips'
import { useHistoryStore } from '../stores/history'
import { useClient, useMirrored } from './use-client'
import { useToaster } from './use-toaster'

/** Where clips stand in the review, as it is now, and moving them on. */
export function useStanding(selected: () => SelectedClips) {
  const client = useClient()
  const toaster = useToaster()
  const history = useHistoryStore()
  /** Null without clips, and before the host has said it. */
  const standing = shallowRef<ReviewStanding | null>(null)

  let asked = 0
  async function load(): Promise<void> {
    const mine = ++asked
    const { choice } = selected()
    const found = choice === null ? null : await client.review.standing(choice).catch(() => null)
    if (mine === asked) standing.value = found
  }
  watch(selected, load)
  useMirrored(load, ['clips.changed'])

  /**
   * Moves those on that can be; what happened is said, and can be undone.
   * @param name of a single clip, for saying it
   * @returns whether it was done
   */
  async function move(
    { choice, count }: SelectedClips,
    status: ReviewStatus,
    comment: string,
    name: string | null = null,
  ): Promise<boolean> {
    if (choice === null) return false
    try {
      const { title } = await client.review.setStatus({ ...choice, status, comment, others: 'leave' })
      toaster.show({
        title: name === null ? title : `${name} is ${status}`,
        action: { title: 'Undo', run: () => void history.undo() },
      })
      return true
    } catch (thrown) {
      toaster.failure(thrown, count === 1 ? 'The clip was not moved' : 'The clips were not moved')
      return false
    }
  }
  return { standing, move }
}
