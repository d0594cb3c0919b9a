import type { ClipDetail } from '../../shared/contract/clips'
import { formatBytes, formatHertz, formatTime } from '../display-format'

/** What an inspector says of a clip. */
export function clipFacts(clip: ClipDetail): { name: string; value: string | null; isMono?: boolean }[] {
  const isPart = clip.startSeconds > 0 || clip.endSeconds < (clip.recordingSeconds ?? Infinity) - 0.0005
  return [
    { name: 'Path', value: clip.recordingPath, isMono: true },
    { name: 'Duration', value: formatTime(clip.endSeconds - clip.startSeconds), isMono: true },
    {
      name: 'Window',
      value: isPart
        ? `${formatTime(clip.startSeconds)} – ${formatTime(clip.endSeconds)}` +
          (clip.recordingSeconds === null ? '' : ` of ${formatTime(clip.recordingSeconds)}`)
        : null,
      isMono: true,
    },
    { name: 'Sound', value: describeSound(clip) },
    {
      name: 'File',
      value: clip.format === null || clip.sizeBytes === null ? null : `${clip.format}, ${formatBytes(clip.sizeBytes)}`,
    },
    { name: 'Fold', value: clip.fold },
    { name: 'Group', value: clip.group, isMono: true },
    { name: 'Hash', value: clip.contentHash, isMono: true },
    ...Object.entries(clip.source).map(([name, value]) => ({ name, value, isMono: true })),
  ]
}

function describeSound({ sampleRateHz, channelCount }: ClipDetail): string {
  if (sampleRateHz === null || channelCount === null) return 'not here: only the dataset’s tables name it'
  const channels = channelCount === 1 ? 'mono' : channelCount === 2 ? 'stereo' : `${channelCount} channels`
  return `${formatHertz(sampleRateHz)}, ${channels}`
}
