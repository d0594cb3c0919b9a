import { SoundShelf } from '../media/sound-shelf'
import { runMediaTask } from '../media/run-media-task'
import type { MediaRunner } from './media-runner'

/** The media tasks without threads: what tests give to jobs instead of a pool. Counts what was asked. */
export function makeInlineMedia(): MediaRunner & { probed: string[] } {
  const shelf = new SoundShelf({ maxBytes: 0, decodedFolder: null })
  const probed: string[] = []
  return {
    probed,
    run: (kind, input) => {
      if (kind === 'probe') probed.push(input.path)
      return runMediaTask(kind, input, shelf)
    },
  }
}
