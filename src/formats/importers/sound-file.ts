/**
 * File name extensions that promise sound. Some of them cannot be decoded here (WMA, AMR): they are taken
 * up all the same, so that the import names them and says why, rather than passing them over in silence.
 */
const soundExtensions = new Set(
  'wav wave bwf rf64 w64 aif aiff aifc flac mp3 ogg oga opus m4a aac mp4 wma amr caf au snd ac3 ape wv'.split(' '),
)

/** The extension in lower case without its dot, or '' where there is none. */
export function extensionOf(path: string): string {
  const name = fileNameOf(path)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase()
}

export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Whether the name promises sound, whatever the case of its extension. */
export function isSoundFile(path: string): boolean {
  return soundExtensions.has(extensionOf(path))
}

/** Dot files, files in dot folders, and what macOS leaves in archives. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')
}

/**
 * The path of a recording that a table names and the folder does not have, as it may stand in the catalog: relative, with
 * forward slashes, without what leads out of the folder; null where the name is no such path.
 */
export function toNamedPath(name: string): string | null {
  const path = name
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
  const isPath = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  return isPath && path.length <= 1000 && !/^[a-z]:|\p{Cc}/iu.test(path) ? path : null
}

/** What Earmark itself writes beside the files of an export: about them, and no data. */
export function isExportReport(path: string): boolean {
  return /^(export-report\.json|round-trip\.json|checksums\.sha256|credits\.txt)$/i.test(fileNameOf(path))
}
