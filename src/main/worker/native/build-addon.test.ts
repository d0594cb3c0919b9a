import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildAddon, compileArguments, writeJavaScript } from './build-addon'

describe('the addon', () => {
  it('finds its libraries beside itself, wherever the folder lies', () => {
    const args = compileArguments('/some/folder.partial')
    expect(args).toContain('-Wl,-rpath,$ORIGIN/../tensorflow')
    expect(args.filter((one) => one.startsWith('-Wl,-rpath') && one.includes('folder'))).toEqual([])
  })

  it('says what the compiler said', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earmark-addon-'))
    const script = 'console.error("note\\nx.cc:1: error: no member TF_Gone\\nmore errors"); process.exit(1)'
    const compiler = { program: process.execPath, first: ['-e', script, '--'], version: 'cc 1' }
    try {
      await expect(buildAddon(compiler, folder, new Map(), new Map())).rejects.toMatchObject({
        message: expect.stringContaining('did not compile TensorFlow’s addon: x.cc:1: error: no member TF_Gone'),
        hint: expect.stringContaining('cc 1'),
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('takes the kernels, and nothing that brings more packages', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earmark-addon-'))
    const names = [
      'nodejs_kernel_backend.js',
      'register_all_kernels.js',
      'int64_tensors.js',
      'index.js',
      'tensorboard.js',
    ]
    const kernels = Array.from({ length: 120 }, (_, index) => `kernels/K${index}.js`)
    const sources = new Map(
      [...names, ...kernels, 'kernels/K0_test.js'].map((name) => [`package/dist/${name}`, Buffer.from(name)]),
    )
    try {
      await writeJavaScript(folder, sources)
      expect(await readFile(join(folder, 'js/dist/kernels/K7.js'), 'utf8')).toBe('kernels/K7.js')
      for (const left of ['index.js', 'tensorboard.js', 'kernels/K0_test.js'])
        await expect(readFile(join(folder, 'js/dist', left))).rejects.toMatchObject({ code: 'ENOENT' })
      const few = new Map([...sources].slice(0, 50))
      await expect(writeJavaScript(folder, few)).rejects.toMatchObject({ code: 'bad-file' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
