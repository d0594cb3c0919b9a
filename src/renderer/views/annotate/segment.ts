import type { Annotation } from '../../../shared/contract/annotations'

/** A segment as the stage draws it: its times count from the clip's start. */
export type Segment = Omit<Annotation, 'clipId'>

/** Where an edge would go, drawn before it goes there. */
export interface Ghost {
  /** Of the segment that would get them; null while only a place is shown. */
  id: string | null
  seconds: number[]
  /** What is there: 'onset', 'edge', 'zero crossing', 'playhead'. */
  what: string
  /** What the segment would become. */
  edges?: { startSeconds?: number; endSeconds?: number }
}
