import { AppError } from '../../shared/errors'
import type { ExportClip } from '../../shared/job/manifest'
import { stemOf, UniqueNames } from './unique-names'

const fields: Record<string, (clip: ExportClip) => string> = {
  class: (clip) => clip.labels.find((label) => label.state === 'present')?.className ?? 'unlabeled',
  recording: (clip) => stemOf(clip.recordingPath),
  start: (clip) => clip.startSeconds.toFixed(3),
  end: (clip) => clip.endSeconds.toFixed(3),
  fold: (clip) => clip.fold ?? 'none',
  split: (clip) => clip.split ?? 'none',
  group: (clip) => clip.group ?? 'none',
  id: (clip) => clip.id,
}

/** The names that a template may hold in curly brackets. */
export const templateFields = Object.keys(fields)

/** Names on Windows that are devices, whatever follows them. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** Names files by a template such as `{class}/{recording}_{start}`: each clip its own, safe on every file system. */
export class NameTemplate {
  private readonly names = new UniqueNames()

  /**
   * @param forbidden what the format cannot have in names either: it becomes `_`
   * @throws AppError invalid-argument where it names a field that there is not, or nothing
   */
  constructor(
    private readonly template: string,
    private readonly forbidden: RegExp | null = null,
  ) {
    for (const [, name = ''] of template.matchAll(/\{([^}]*)\}/g)) {
      if (Object.hasOwn(fields, name)) continue
      throw new AppError('invalid-argument', `{${name}} stands for nothing in a file name.`, {
        hint: `There are ${templateFields.map((field) => `{${field}}`).join(', ')}.`,
      })
    }
  }

  /** The path of a clip's file, without its extension; asked for once a clip. */
  nameOf(clip: ExportClip): string {
    const path = this.template
      .split('/')
      .map((part) =>
        toSafeName(part.replace(/\{([^}]*)\}/g, (_, name: string) => fields[name]!(clip).replace(/[/\\]/g, '_'))),
      )
      .join('/')
      .replace(this.forbidden ?? /$^/, '_')
    return this.names.next(path)
  }
}

/** Without the signs that Windows refuses, dots at either end, and names that are devices; at most 150 characters. */
export function toSafeName(text: string): string {
  const safe = text
    .normalize('NFC')
    .replace(/[<>:"/\\|?*\u0000-\u001f]+/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 150)
  return safe === '' ? 'clip' : devices.test(safe) ? `_${safe}` : safe
}
