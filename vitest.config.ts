import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['src/**/*.test.ts', 'fuzz/**/*.test.ts'],
    testTimeout: 30_000,
    // Renderer tests need a DOM; they ask for it in their first line: // @vitest-environment happy-dom
    environment: 'node',
    pool: 'forks',
  },
})
