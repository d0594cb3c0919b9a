/** For tests: a Vulkan driver that computes on the processor, where the machine has one. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findVulkanManifests } from '../vulkan-manifests'

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge']
/** Where packages put Chromium's own files; the command in PATH may be a script elsewhere. */
const chromiumFolders = [
  '/usr/lib/chromium',
  '/usr/lib64/chromium-browser',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/microsoft/msedge',
]

/**
 * Points Vulkan's loader to a driver for tests: the one that VK_ICD_FILENAMES or VK_DRIVER_FILES names, else the
 * SwiftShader that Chromium brings. Must be called before Dawn is loaded, and before `probeWebgpu`.
 *
 * @returns the driver's manifest, or null where there is none; tests then skip
 */
export function useSoftwareVulkan(): string | null {
  if (process.platform !== 'linux') return null
  const given = findVulkanManifests()
  if (given.variable !== '') return given.files[0] ?? null
  const manifest = findSwiftShader()
  if (manifest !== null) process.env.VK_ICD_FILENAMES = manifest
  return manifest
}

function findSwiftShader(): string | null {
  const commands = (process.env.PATH ?? '')
    .split(':')
    .flatMap((folder) => chromiumNames.map((name) => join(folder, name)))
  const found = [process.env.EARMARK_CHROMIUM ?? '', ...commands].filter((path) => path !== '' && existsSync(path))
  const folders = [...found.map((path) => dirname(realpathSync(path))), ...chromiumFolders]
  return folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find((path) => existsSync(path)) ?? null
}
