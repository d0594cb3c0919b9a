import initial from './0001_initial.sql?raw'

export interface Migration {
  /** The `user_version` it leads to: its place in the list, from 1. */
  version: number
  name: string
  sql: string
}

/** Every migration, in order. A released one never changes. */
export const migrations: readonly Migration[] = [{ version: 1, name: 'initial', sql: initial }]
