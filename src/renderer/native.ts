/**
 * What only the desktop can do: native dialogs, menu commands, the port to the host. In a browser
 * `native` is null and the page offers a typed path instead.
 */
import type { EarmarkBridge } from '../preload/bridge'

export const native: EarmarkBridge | null = typeof window === 'undefined' ? null : (window.earmark ?? null)
