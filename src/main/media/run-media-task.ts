/** The media tasks themselves, without threads: decode, cut, compute. */
import { computeFrontEnd } from '../../dsp/features'
import { computeFingerprint } from '../../dsp/fingerprint'
import { mixDown } from '../../dsp/mixdown'
import { computePeaks } from '../../dsp/peaks'
import { displayFrontEnd } from '../../dsp/presets'
import type { ChannelChoice } from '../../dsp/recipe'
import { resample } from '../../dsp/resample'
import { computeThumbnail } from '../../dsp/thumbnail'
import { encodeWav } from '../../formats/audio/encode-wav'
import { AppError } from '../../shared/errors'
import type { MediaInput, MediaOutput, MediaSpan, MediaTaskKind } from './media-task'
import type { RecordingCache } from './recording-cache'

type Runner<K extends MediaTaskKind> = (input: MediaInput<K>, recordings: RecordingCache) => Promise<MediaOutput<K>>

const runners: { [K in MediaTaskKind]: Runner<K> } = {
  async probe({ path }, recordings) {
    const { audio, sizeBytes, modifiedMs, contentHash } = await recordings.openAndHash(path)
    const { format, sampleRateHz, channels, durationSeconds, warning } = audio
    const channelCount = channels.length
    return { contentHash, sizeBytes, modifiedMs, format, sampleRateHz, channelCount, durationSeconds, warning }
  },

  async samples(input, recordings) {
    return readMono(input, input.channel, input.sampleRateHz, recordings)
  },

  async channels(input, recordings) {
    const { channels, sampleRateHz } = await readSpan(input, recordings)
    return { channels: channels.map((samples) => samples.slice()), sampleRateHz }
  },

  async features(input, recordings) {
    const { frontEnd } = input
    const { samples } = await readMono(input, frontEnd.channel, frontEnd.sampleRateHz, recordings)
    return withContext(input.path, () => computeFrontEnd(samples, frontEnd))
  },

  async rendition(input, recordings) {
    const { channels, sampleRateHz } = await readSpan(input, recordings)
    const heard = channels.slice(0, 2)
    return { wav: encodeWav(heard, sampleRateHz), sampleRateHz, channelCount: heard.length }
  },

  async fingerprint({ path }, recordings) {
    const { audio } = await recordings.open(path)
    return { codes: withContext(path, () => computeFingerprint(audio.channels, audio.sampleRateHz)) }
  },

  async thumbnail(input, recordings) {
    const { samples, sampleRateHz } = await readMono(input, 'mean', null, recordings)
    const display = displayFrontEnd(sampleRateHz, 'mel')
    // Half-overlapping windows miss no click and are plenty for so few columns.
    const frontEnd = { ...display, hopSamples: display.fftSamples / 2 }
    return withContext(input.path, () => computeThumbnail(samples, frontEnd, input.width, input.height))
  },

  async peaks(input, recordings) {
    const { samples, sampleRateHz } = await readMono(input, 'mean', null, recordings)
    const peaks = withContext(input.path, () => computePeaks(samples, input.count))
    return { peaks, durationSeconds: samples.length / sampleRateHz }
  },
}

/**
 * Runs one task. The arrays in the result are the caller's own and may be transferred.
 * @throws AppError 'bad-file' (what decodeAudio says), 'not-found', 'no-permission', or 'invalid-argument' for a span
 *   outside the recording, a channel it does not have or a front end that does not fit
 */
export function runMediaTask<K extends MediaTaskKind>(
  kind: K,
  input: MediaInput<K>,
  recordings: RecordingCache,
): Promise<MediaOutput<K>> {
  const runner: Runner<K> = runners[kind]
  return runner(input, recordings)
}

/** Views (not copies) of the span's samples in every channel. */
async function readSpan({ path, startSeconds, endSeconds }: MediaSpan, recordings: RecordingCache) {
  const { audio } = await recordings.open(path)
  const { sampleRateHz, channels, durationSeconds } = audio
  const length = channels[0]!.length
  const from = Math.round(startSeconds * sampleRateHz)
  const to = Math.min(Math.round(endSeconds * sampleRateHz), length)
  if (!(from >= 0 && to > from))
    throw new AppError(
      'invalid-argument',
      `${path}: no sound from ${startSeconds} s to ${endSeconds} s, the recording has ${durationSeconds.toFixed(3)} s`,
      { hint: 'The file may have changed since it was imported.' },
    )
  return { sampleRateHz, channels: channels.map((samples) => samples.subarray(from, to)) }
}

async function readMono(span: MediaSpan, choice: ChannelChoice, rateHz: number | null, recordings: RecordingCache) {
  const { channels, sampleRateHz } = await readSpan(span, recordings)
  return withContext(span.path, () => {
    const samples = mixDown(channels, choice)
    if (rateHz === null || rateHz === sampleRateHz) return { samples, sampleRateHz }
    return { samples: resample(samples, sampleRateHz, rateHz), sampleRateHz: rateHz }
  })
}

/** The DSP throws RangeError and knows no files: here it gets one. */
function withContext<T>(path: string, compute: () => T): T {
  try {
    return compute()
  } catch (thrown) {
    if (thrown instanceof RangeError)
      throw new AppError('invalid-argument', `${path}: ${thrown.message}`, { cause: thrown })
    throw thrown
  }
}
