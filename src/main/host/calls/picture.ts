import type { Handlers } from '../../../shared/contract/contract'
import { newPicture, pictureSchema } from '../../../shared/contract/picture'
import type { Workspace } from '../workspace'

export function pictureHandlers(workspace: Workspace): Handlers['picture'] {
  return {
    get() {
      const row = workspace.catalog.database.get<{ value: string }>(`SELECT value FROM meta WHERE key = 'picture'`)
      const kept = pictureSchema.safeParse(row ? parse(row.value) : undefined)
      return kept.success ? kept.data : newPicture()
    },
    set(picture) {
      workspace.catalog.database.run(
        `INSERT INTO meta (key, value) VALUES ('picture', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        JSON.stringify(picture),
      )
      workspace.announcer.tell('workspace.changed', {})
    },
  }
}

/** What another version has written and this one cannot read counts as none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
