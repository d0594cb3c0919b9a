import type { DatasetFolder } from '../import-plan'

export type DatasetTexts = Record<string, string | Uint8Array>

/** A dataset whose metadata files are given as text (or bytes) and whose sound files are only named. */
export function textDataset(texts: DatasetTexts, sounds: readonly string[]): DatasetFolder {
  return {
    listing: [...Object.keys(texts), ...sounds].sort(),
    readBytes: (path) => {
      const text = texts[path]
      if (text === undefined) return Promise.reject(new Error(`nobody should read ${path}`))
      return Promise.resolve(typeof text === 'string' ? new TextEncoder().encode(text) : text)
    },
  }
}
