/**
 * The small picture of a clip, as the Library asks for it: `npm run bench -- thumbnails`. A sketch and the whole of two hours of
 * 48 kHz stereo, and five seconds of the same; on one thread, in processor time too, which what else runs changes little.
 * Needs 1.4 GB in the temporary folder.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLongWav } from '../e2e/support/long-wav'
import { runMediaTask } from '../src/main/media/run-media-task'
import { SoundShelf } from '../src/main/media/sound-shelf'

const seconds = 7200

export async function main(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'earmark-thumbnails-'))
  try {
    const path = join(work, 'long.wav')
    writeLongWav(path, { seconds, sampleRateHz: 48_000, channelCount: 2, clickSeconds: [5760] })
    const shelf = new SoundShelf({ maxBytes: 2 ** 28, decodedFolder: null })
    const measure = async (name: string, endSeconds: number, isSketch: boolean): Promise<void> => {
      const [start, processor] = [performance.now(), process.cpuUsage()]
      const size = { width: 160, height: 48 }
      await runMediaTask('thumbnail', { path, startSeconds: 0, endSeconds, ...size, isSketch }, shelf)
      const { user, system } = process.cpuUsage(processor)
      const took = performance.now() - start
      console.log(`${name}: ${took.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of the processor`)
    }
    for (let round = 1; round <= 3; round++) {
      await measure('five seconds', 5, false)
      await measure('two hours, a sketch', seconds, true)
      await measure('two hours, all of it', seconds, false)
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
