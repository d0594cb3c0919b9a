/** Which segment and which class of it come next. Pure. */
import type { RatingItem } from '../../../shared/contract/sessions'

export const isRated = (item: RatingItem): boolean => item.classes.every(({ verdict }) => verdict !== null)

/** Whether a session stops at a segment: it is open, or was skipped and those are gone through now. */
export const isOpen = (item: RatingItem, takesSkipped: boolean): boolean =>
  !isRated(item) && (takesSkipped || !item.isSkipped)

/** The class that a segment is entered at: the first that is not judged. */
export function firstClass(item: RatingItem): number {
  const place = item.classes.findIndex(({ verdict }) => verdict === null)
  return place < 0 ? 0 : place
}

/** The class after one that has just been judged; null where the segment is done with. */
export function nextClass(item: RatingItem, judged: number): number | null {
  for (let step = 1; step < item.classes.length; step++) {
    const place = (judged + step) % item.classes.length
    if (item.classes[place]!.verdict === null) return place
  }
  return null
}

/** With one class judged, or judged differently; of a skipped segment it is no longer. */
export const withVerdict = (
  item: RatingItem,
  classId: string,
  verdict: RatingItem['classes'][number]['verdict'],
): RatingItem => ({
  ...item,
  isSkipped: verdict === null ? item.isSkipped : false,
  classes: item.classes.map((own) => (own.classId === classId ? { ...own, verdict } : own)),
})
