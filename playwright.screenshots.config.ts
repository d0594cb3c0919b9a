import { defineConfig } from '@playwright/test'
import base from './playwright.config'

/** `npm run screenshots`: pictures of every view for people to look at, and those of the README. */
export default defineConfig(base, {
  testDir: 'e2e/screenshots',
  testMatch: '*.shots.ts',
  timeout: 600_000,
  reporter: 'list',
})
