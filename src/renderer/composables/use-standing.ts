import { shallowRef, watch } from 'vue'
import { mostChosen } from '../../shared/contract/clip-choice'
import { type ReviewStanding, type ReviewStatus } from '../../shared/contract/review'
import { useHistoryStore } from '../stores/history'
import { useClient, useMirrored } from './use-client'
import { useToaster } from './use-toaster'

/** Where clips stand in the review, as it is now, and moving them on. */
export function useStanding(clipIds: () => readonly string[]) {
  const client = useClient()
  const toaster = useToaster()
  const history = useHistoryStore()
  /** Null without clips, of more than can be moved, and before the host has said it. */
  const standing = shallowRef<ReviewStanding | null>(null)

  let asked = 0
  async function load(): Promise<void> {
    const mine = ++asked
    const ids = clipIds()
    const found =
      ids.length === 0 || ids.length > mostChosen
        ? null
        : await client.review.standing({ clipIds: [...ids] }).catch(() => null)
    if (mine === asked) standing.value = found
  }
  watch(clipIds, load)
  useMirrored(load, ['clips.changed'])

  /**
   * Moves those on that can be; what happened is said, and can be undone.
   * @param name of a single clip, for saying it
   * @returns whether it was done
   */
  async function move(
    ids: readonly string[],
    status: ReviewStatus,
    comment: string,
    name: string | null = null,
  ): Promise<boolean> {
    if (ids.length === 0) return false
    try {
      const { title } = await client.review.setStatus({ clipIds: [...ids], status, comment, others: 'leave' })
      toaster.show({
        title: name === null ? title : `${name} is ${status}`,
        action: { title: 'Undo', run: () => void history.undo() },
      })
      return true
    } catch (thrown) {
      toaster.error(thrown, ids.length === 1 ? 'The clip was not moved' : 'The clips were not moved')
      return false
    }
  }
  return { standing, move }
}
