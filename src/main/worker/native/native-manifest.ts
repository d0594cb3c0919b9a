/** What a library's folder says of itself. It is written last: a folder without it is unfinished and never used. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeMachine, libraryFolderName, type NativeVariant } from './native-folder'
import { addonPackage, tensorflowVersion } from './pins'
import type { Proof } from './prove-library'

export const manifestSchema = 1

export interface NativeManifest {
  schema: typeof manifestSchema
  /** "linux-x64" */
  machine: string
  variant: NativeVariant
  tensorflow: string
  addon: { package: string; version: string; sha256: string }
  wheels: { file: string; sha256: string }[]
  compiler: string
  /** Every file that is loaded, with its size. */
  files: { path: string; bytes: number }[]
  builtAt: string
  proof: Proof
}

/** A finished library, or the reason why the folder cannot be used. */
export type FoundLibrary =
  { folder: string; manifest: NativeManifest } | { folder: string; manifest: null; reason: string }

/** Writes `manifest.json`, whole or not at all. */
export async function writeManifest(folder: string, manifest: NativeManifest): Promise<void> {
  const path = join(folder, 'manifest.json')
  await writeFile(`${path}.new`, `${JSON.stringify(manifest, null, 2)}\n`)
  await rename(`${path}.new`, path)
}

/** Reads a library's folder and checks that what it names is there; reads no large file. Never throws. */
export function readLibrary(folder: string, machine = describeMachine()): FoundLibrary {
  const refuse = (reason: string): FoundLibrary => ({ folder, manifest: null, reason })
  let manifest: NativeManifest
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as NativeManifest
  } catch {
    return refuse('it is unfinished: npm run setup:tensorflow completes it')
  }
  if (manifest?.schema !== manifestSchema || !Array.isArray(manifest.files))
    return refuse('another version of Earmark built it: npm run setup:tensorflow builds it anew')
  if (manifest.machine !== machine) return refuse(`it is for ${manifest.machine}; this machine is ${machine}`)
  for (const { path, bytes } of manifest.files) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false })
    if (found === undefined) return refuse(`${path} is missing: npm run setup:tensorflow restores it`)
    if (found.size !== bytes)
      return refuse(`${path} has ${found.size} bytes instead of ${bytes}: npm run setup:tensorflow restores it`)
  }
  return { folder, manifest }
}

/**
 * All libraries below `parent`, the usable first: Earmark's own versions before others, GPU before CPU. Two
 * versions lie side by side; one process must never load both.
 */
export function findLibraries(parent: string, machine = describeMachine()): FoundLibrary[] {
  let names: string[]
  try {
    names = readdirSync(parent, { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && /^tensorflow-[^.]/.test(entry.name) && !/\.partial(-\d+)?$/.test(entry.name),
      )
      .map((entry) => entry.name)
  } catch {
    return []
  }
  const versions = { tensorflow: tensorflowVersion, addon: addonPackage.version }
  const current = (['gpu', 'cpu'] as const).map((variant) => libraryFolderName(versions, variant, machine))
  const others = names
    .filter((name) => !current.includes(name))
    .sort()
    .reverse()
  const found = [...current.filter((name) => names.includes(name)), ...others].map((name) =>
    readLibrary(join(parent, name), machine),
  )
  return [...found.filter((one) => one.manifest !== null), ...found.filter((one) => one.manifest === null)]
}

/** Keeps a proof so that the next start needs no child process; a folder that cannot be written only costs that. */
export function rememberProof(folder: string, key: string, proof: Proof): void {
  try {
    writeFileSync(join(folder, `proof-${key}.json`), JSON.stringify(proof))
  } catch {
    // It is proved again next time.
  }
}

export function recallProof(folder: string, key: string): Proof | null {
  try {
    const proof = JSON.parse(readFileSync(join(folder, `proof-${key}.json`), 'utf8')) as Proof
    return typeof proof.version === 'string' && typeof proof.isUsingGpu === 'boolean' ? proof : null
  } catch {
    return null
  }
}
