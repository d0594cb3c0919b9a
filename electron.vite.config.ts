import vue from '@vitejs/plugin-vue'
import { resolve } from 'node:path'
import { defineConfig } from 'electron-vite'

const entry = (path: string): string => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          // The doors …
          desktop: entry('src/main/desktop/main.ts'),
          headless: entry('src/main/headless/main.ts'),
          cli: entry('src/main/cli/main.ts'),
          // … and what they fork: processes and threads.
          'host-process': entry('src/main/desktop/host-process.ts'),
          worker: entry('src/main/worker/main.ts'),
          'setup-tensorflow': entry('src/main/worker/native/main.ts'),
          'media-thread': entry('src/main/media/media-thread.ts'),
          'clip-thread': entry('src/main/host/catalog/clip-thread.ts'),
          'catalog-thread': entry('src/main/host/catalog/catalog-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: entry('src/preload/preload.ts') },
        // A sandboxed preload is CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    base: './',
    build: {
      outDir: 'out/renderer',
      minify: true,
      // The page comes from this machine; echarts alone is over the default limit.
      chunkSizeWarningLimit: 700,
      rollupOptions: { input: { index: entry('src/renderer/index.html') } },
    },
    worker: { format: 'es' },
    plugins: [vue()],
  },
})
