import { mkdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Keymap, keymapSchema, newKeymap } from '../../shared/contract/keymap'
import { writeFileWhole } from '../disk/write-file-whole'

const settingsSchema = z.object({
  author: z.string().min(1).max(100),
  recent: z.array(z.object({ path: z.string(), name: z.string(), openedAt: z.string() })).max(100),
  /** The offer to set TensorFlow up was answered with "Not now". */
  isSetupDeclined: z.boolean().default(false),
  /** Keys that cannot be read are no reason to forget who the person is. */
  keymap: keymapSchema.default(newKeymap).catch(newKeymap),
})
export type Settings = z.infer<typeof settingsSchema>

const recentCount = 10

/** What belongs to the person and not to a catalog: `settings.json` in the user folder. */
export class SettingsFile {
  private readonly file: string

  constructor(
    private readonly folder: string,
    private readonly log: (line: string) => void,
  ) {
    this.file = join(folder, 'settings.json')
  }

  /** Read anew each time, because another Earmark process may have written it. A damaged file counts as none. */
  read(): Settings {
    let text: string
    try {
      text = readFileSync(this.file, 'utf8')
    } catch {
      return newSettings()
    }
    try {
      return settingsSchema.parse(JSON.parse(text))
    } catch {
      this.log(`${this.file} cannot be read; starting with new settings`)
      return newSettings()
    }
  }

  setAuthor(author: string): void {
    this.write({ ...this.read(), author })
  }

  setKeymap(keymap: Keymap): void {
    this.write({ ...this.read(), keymap })
  }

  declineSetup(): void {
    this.write({ ...this.read(), isSetupDeclined: true })
  }

  /** Puts a catalog first among the recent ones. */
  addRecent(path: string, name: string): void {
    const settings = this.read()
    const others = settings.recent.filter((entry) => entry.path !== path)
    this.write({
      ...settings,
      recent: [{ path, name, openedAt: new Date().toISOString() }, ...others].slice(0, recentCount),
    })
  }

  private write(settings: Settings): void {
    mkdirSync(this.folder, { recursive: true })
    writeFileWhole(this.file, JSON.stringify(settings, null, 2) + '\n')
  }
}

const newSettings = (): Settings => ({
  author: defaultAuthor(),
  recent: [],
  isSetupDeclined: false,
  keymap: newKeymap(),
})

function defaultAuthor(): string {
  try {
    return userInfo().username || 'me'
  } catch {
    return 'me' // no entry in the password file, as in some containers
  }
}
