import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Earmark keeps what belongs to the person, the same folder that the desktop app uses; EARMARK_USER_FOLDER overrides it. */
export function userFolder(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (environment.EARMARK_USER_FOLDER) return environment.EARMARK_USER_FOLDER
  const home = homedir()
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'earmark')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'earmark')
  return join(environment.XDG_CONFIG_HOME ?? join(home, '.config'), 'earmark')
}

/** Offered for new catalogs: the documents folder where there is one, else the home folder. */
export function documentsFolder(): string {
  const documents = join(homedir(), 'Documents')
  return existsSync(documents) ? documents : homedir()
}
