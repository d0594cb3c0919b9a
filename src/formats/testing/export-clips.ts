import type { ExportClip } from '../../shared/job/manifest'
import type { ClassDraft, ClipDraft } from '../../shared/job/worker-event'

/** What the catalog makes of drafts when it exports them, in their order; recordings are `seconds` long. */
export function toExportClips(
  recordings: readonly { path: string; clips: readonly ClipDraft[] }[],
  classes: readonly ClassDraft[],
  seconds = 10,
): ExportClip[] {
  const infoOf = new Map(classes.map((info) => [info.name, info]))
  const toLabels = (labels: ClipDraft['labels']): ExportClip['labels'] =>
    labels.map(({ className, state }) => ({
      className,
      state,
      classCode: infoOf.get(className)?.code ?? null,
      mid: infoOf.get(className)?.mid ?? null,
    }))
  return recordings.flatMap(({ path, clips }) =>
    clips.map((clip, index): ExportClip => ({
      id: `${path}#${index}`,
      path: `/data/${path}`,
      contentHash: null,
      startSeconds: clip.startSeconds,
      endSeconds: clip.endSeconds ?? seconds,
      recordingPath: path,
      recordingSeconds: seconds,
      fold: clip.fold,
      split: clip.split ?? null,
      isFullyAnnotated: clip.isFullyAnnotated ?? false,
      note: clip.note ?? '',
      group: clip.group,
      labels: toLabels(clip.labels),
      annotations: (clip.annotations ?? []).map((annotation, place) => ({
        ...annotation,
        id: annotation.id ?? `${path}#${index}#${place}`,
        author: annotation.author ?? 'import',
        labels: toLabels(annotation.labels),
      })),
      source: clip.source,
    })),
  )
}
