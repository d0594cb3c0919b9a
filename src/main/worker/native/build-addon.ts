/** Compiles tfjs-node's addon against TensorFlow's library, and lays out its JavaScript beside it. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors'
import type { Tool } from './find-tools'
import { runTool, tellingLine } from './run-tool'

/** Paths inside a library's folder. */
export const addonFile = 'addon/tfjs_binding.node'
const buildFolder = 'build'

/**
 * The compiler's arguments, for GCC and Clang on Linux. tfjs-node's sources of 4.22 compile unchanged against
 * TensorFlow 2.21. The run path is relative, so that the folder can be moved as a whole; `-z now` makes a symbol that
 * TensorFlow no longer has fail at load, where it can be told, and not at its first call, where it ends the process.
 */
export function compileArguments(folder: string): string[] {
  const build = join(folder, buildFolder)
  const library = join(folder, 'tensorflow')
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'],
    ...['-I', join(build, 'node-api'), '-I', join(library, 'include')],
    ...[join(build, 'binding', 'tfjs_backend.cc'), join(build, 'binding', 'tfjs_binding.cc')],
    ...['-o', join(folder, `${addonFile}.new`)],
    ...['-L', library, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    ...['-Wl,-z,now', '-Wl,-rpath,$ORIGIN/../tensorflow'],
  ]
}

/**
 * Compiles the addon in a library's folder, where TensorFlow's libraries and headers lie already; sources and headers
 * are removed afterwards.
 *
 * @param sources the files of the addon's package; @param headers those of node-api-headers
 * @throws AppError 'backend-unavailable' with the compiler's first error
 */
export async function buildAddon(
  compiler: Tool,
  folder: string,
  sources: Map<string, Buffer>,
  headers: Map<string, Buffer>,
  signal?: AbortSignal,
): Promise<void> {
  const build = join(folder, buildFolder)
  await writeParts(sources, 'package/binding/', join(build, 'binding'))
  await writeParts(headers, 'package/include/', join(build, 'node-api'))
  await mkdir(dirname(join(folder, addonFile)), { recursive: true })
  const result = await runTool(compiler.program, [...compiler.first, ...compileArguments(folder)], {
    timeoutMs: 900_000,
    signal,
  })
  if (result.code !== 0) {
    const first = result.stderr.split('\n').find((line) => /error/i.test(line)) ?? tellingLine(result)
    throw new AppError(
      'backend-unavailable',
      `${compiler.program} did not compile TensorFlow’s addon: ${first.trim()}`,
      {
        hint: `The compiler is ${compiler.version}; C++17 is needed (GCC 9 or Clang 10, or newer).`,
      },
    )
  }
  await rename(join(folder, `${addonFile}.new`), join(folder, addonFile))
  await rm(build, { recursive: true, force: true })
  await rm(join(folder, 'tensorflow', 'include'), { recursive: true, force: true })
}

async function writeParts(files: Map<string, Buffer>, prefix: string, folder: string): Promise<number> {
  let count = 0
  for (const [path, content] of files) {
    if (!path.startsWith(prefix) || path.split('/').includes('..')) continue
    const target = join(folder, path.slice(prefix.length))
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
    count++
  }
  return count
}

/**
 * Writes the JavaScript part: tfjs-node's kernels as they are, without the parts that bring more packages (saved
 * models, images, TensorBoard), bound to the program's own tfjs-core, so that there is one engine.
 */
export async function writeJavaScript(folder: string, sources: Map<string, Buffer>): Promise<void> {
  const isWanted = (path: string): boolean =>
    /^package\/dist\/(kernels\/[^/]+|nodejs_kernel_backend|register_all_kernels|int64_tensors)\.js$/.test(path) &&
    !path.endsWith('_test.js')
  const wanted = new Map([...sources].filter(([path]) => isWanted(path)))
  const count = await writeParts(wanted, 'package/dist/', join(folder, 'js', 'dist'))
  if (count < 100)
    throw new AppError('bad-file', `The addon’s package holds ${count} of the kernels’ JavaScript files, too few.`)
  const files: Record<string, string> = {
    'package.json':
      '{ "name": "earmark-native-tensorflow", "private": true, "type": "commonjs", "main": "index.cjs" }\n',
    'index.cjs': openLibrarySource,
    'js/dist/proto/api_pb.js':
      '// Messages of TensorBoard and of saved models, which Earmark does not use.\nmodule.exports = {}\n',
    'js/node_modules/@tensorflow/tfjs/index.js': sharedCoreSource,
    'js/node_modules/@tensorflow/tfjs-core/index.js': sharedCoreSource,
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const sharedCoreSource = `// The tfjs-core of the program that opened this library.
module.exports = globalThis[Symbol.for('earmark.tfjs-core')]
`

/** The library's own way in; the program and its proof in a child process both go through it. */
const openLibrarySource = `'use strict'
/** Registers tfjs's backend 'tensorflow' on this library. @param tf the program's tfjs-core */
module.exports = function open(tf) {
  const util = require('node:util')
  // tfjs-node 4.22 calls two functions that Node 23 removed.
  util.isNullOrUndefined ??= (value) => value === null || value === undefined
  util.isArray ??= Array.isArray
  globalThis[Symbol.for('earmark.tfjs-core')] = tf
  const binding = require('./addon/tfjs_binding.node')
  const { NodeJSKernelBackend } = require('./js/dist/nodejs_kernel_backend.js')
  require('./js/dist/register_all_kernels.js')
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'), 3)
  return { version: binding.TF_Version, isUsingGpu: binding.isUsingGpuDevice() === true }
}
`
