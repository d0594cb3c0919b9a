/** The path of a Chromium that can be started; ends the process with advice where none can be had. */
export function findBrowser(): Promise<string>

/** In continuous integration on Debian: installs Vulkan's loader where it is missing. */
export function ensureVulkanLoader(): void
