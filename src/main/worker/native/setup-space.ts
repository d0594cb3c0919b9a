/** How much room a setup needs while it is under way, and whether there is so much. */
import { stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors'
import type { WheelPin } from './pins'

/** What of the wheels lies in `downloads` already, in bytes. */
export async function measureDownloaded(downloads: string, wheels: WheelPin[]): Promise<number> {
  const sizes = await Promise.all(wheels.map((pin) => downloadedBytes(downloads, pin)))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

async function downloadedBytes(downloads: string, { file }: WheelPin): Promise<number> {
  for (const path of [join(downloads, file), join(downloads, `${file}.part`)]) {
    const found = await stat(path).catch(() => null)
    if (found !== null) return found.size
  }
  return 0
}

/**
 * Checks the disk of `parent`, which need not exist yet. Beside its archive, TensorFlow unpacked takes 3.1 times the
 * archive's size, CUDA's libraries 1.5 times.
 *
 * @throws AppError 'no-space'
 */
export async function expectSpace(parent: string, wheels: WheelPin[]): Promise<void> {
  const whole = wheels.reduce(
    (sum, { bytes, project }) => sum + bytes * (project.startsWith('tensorflow') ? 4.5 : 2.8),
    0,
  )
  const needed = whole - (await measureDownloaded(join(parent, 'downloads'), wheels))
  const free = await readFree(parent)
  if (free < needed)
    throw new AppError(
      'no-space',
      `${parent} has ${formatMegabytes(free)} free; TensorFlow’s library needs ${formatMegabytes(needed)} while it is set up.`,
      { hint: 'Free some space, or set EARMARK_NATIVE_FOLDER to a folder on another disk.' },
    )
}

/** Of the nearest folder that exists. */
async function readFree(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error
    return readFree(dirname(folder))
  }
}

export function formatMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
