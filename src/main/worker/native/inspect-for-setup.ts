/** Looks at the machine before a setup: what is there, what would be fetched, what is missing. Changes nothing. */
import { toAppError, type AppErrorData } from '../../../shared/errors'
import type { SetupForm, SetupMachine } from '../../../shared/job/setup-machine'
import { findCompiler, findPip } from './find-tools'
import { describeMachine, libraryFolderName, nativeFolder } from './native-folder'
import { findLibraries } from './native-manifest'
import { findPins, type SetupPins } from './pins'
import { readNvidiaDriver } from './prove-library'
import { expectSpace, measureDownloaded } from './setup-space'
import { basename, join } from 'node:path'

/**
 * What the setup would find here. Slow for what it is (about a second: pip and the compiler are asked for their
 * versions), so it is asked for when a person looks at it.
 */
export async function inspectForSetup(
  machine = describeMachine(),
  folder = nativeFolder(),
  driver = readNvidiaDriver(),
): Promise<SetupMachine> {
  const found = findLibraries(folder, machine)
  const pins = (['cpu', 'gpu'] as const).flatMap((variant) => {
    const its = findPins(machine, variant)
    return its === null ? [] : [{ variant, pins: its }]
  })
  const forms = pins.map(({ variant, pins: its }): SetupForm => {
    const name = libraryFolderName({ tensorflow: its.tensorflow, addon: its.addon.version }, variant, machine)
    const library = found.find((one) => basename(one.folder) === name)
    return {
      variant,
      downloadBytes: its.wheels.reduce((sum, { bytes }) => sum + bytes, 0),
      diskBytes: its.diskBytes,
      installed: library?.manifest?.tensorflow ?? null,
    }
  })
  const wanted = driver === '' ? 'cpu' : 'gpu'
  const advised = pins.find(({ variant }) => variant === wanted) ?? pins[0] ?? null
  const isReady = forms.some((form) => form.variant === advised?.variant && form.installed !== null)
  return {
    machine,
    folder,
    forms,
    advised: advised?.variant ?? null,
    downloadedBytes: advised === null ? 0 : await measureDownloaded(join(folder, 'downloads'), advised.pins.wheels),
    missing: advised === null || isReady ? null : await findMissing(folder, advised.pins),
  }
}

/** The first thing that is missing; both tools are asked at once. */
async function findMissing(folder: string, pins: SetupPins): Promise<AppErrorData | null> {
  const checks = [findPip(), findCompiler(), expectSpace(folder, pins.wheels)]
  for (const result of await Promise.allSettled(checks))
    if (result.status === 'rejected') return toAppError(result.reason).toData()
  return null
}
