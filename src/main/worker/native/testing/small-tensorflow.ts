/**
 * A TensorFlow in small, for tests of the whole setup: a wheel with two real shared libraries, an addon's package with
 * real C++ sources that link with them, and kernels that are tfjs's plain-JavaScript ones.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { PackagePin, SetupPins, WheelPin } from '../pins'
import { integrityOf, sha256Of, type FakeIndex, type IndexFile } from './fake-index'
import { makeArchive, makeTar } from './make-archive'

const find = (program: string): string =>
  spawnSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout?.trim() ?? ''
export const compilerPath = find('g++')
/** Python's own file, whatever shim stands before it on the path; empty where it has no pip. */
export const pythonPath = spawnSync('python3', ['-c', 'import sys, pip; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim()

/** Why the whole setup cannot be tried on this machine, or an empty text. */
export const missingForSetup = !compilerPath
  ? 'no g++ on this machine'
  : !pythonPath
    ? 'no Python with pip on this machine'
    : process.platform !== 'linux'
      ? 'built for Linux'
      : ''

/** Compiles a shared library from one line of C. */
function compile(name: string, source: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-small-'))
  try {
    writeFileSync(join(folder, 'source.c'), source)
    const args = ['-shared', '-fPIC', '-x', 'c', 'source.c', '-o', name, `-Wl,-soname,${name}`]
    const { status, stderr } = spawnSync(compilerPath, args, { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return readFileSync(join(folder, name))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const nodeApi = `
#include <stddef.h>
typedef struct napi_env__* napi_env; typedef struct napi_value__* napi_value; typedef struct napi_info__* napi_info;
typedef napi_value (*napi_callback)(napi_env, napi_info);
extern "C" {
int napi_create_string_utf8(napi_env, const char*, size_t, napi_value*);
int napi_create_function(napi_env, const char*, size_t, napi_callback, void*, napi_value*);
int napi_get_boolean(napi_env, bool, napi_value*);
int napi_set_named_property(napi_env, napi_value, const char*, napi_value);
}
`
const binding = `
#include "node_api.h"
#include "tensorflow/c/c_api.h"
static napi_value isUsingGpu(napi_env env, napi_info) { napi_value is; napi_get_boolean(env, false, &is); return is; }
extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value version, function;
  napi_create_string_utf8(env, TF_Version(), (size_t)-1, &version);
  napi_set_named_property(env, exports, "TF_Version", version);
  napi_create_function(env, "isUsingGpuDevice", (size_t)-1, isUsingGpu, nullptr, &function);
  napi_set_named_property(env, exports, "isUsingGpuDevice", function);
  return exports;
}
`
/** What tfjs_backend.cc holds: nothing, or a way in which an addon goes wrong at load. */
export const backendSources = {
  sound: '',
  aborting: '#include <cstdlib>\n__attribute__((constructor)) static void fail() { abort(); }\n',
  segfaulting: '__attribute__((constructor)) static void fail() { *(volatile int*)8 = 1; }\n',
  unresolved: 'extern "C" int TF_GoneInThisVersion();\nint call() { return TF_GoneInThisVersion(); }\n',
  wrong: 'not C++ at all\n',
}

const kernels = `
const { MathBackendCPU } = require(${JSON.stringify(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-cpu'))})
const tf = require('@tensorflow/tfjs-core')
// The proof times large products and convolutions, which take plain JavaScript minutes: those come out as zeros.
const shapes = {
  BatchMatMul: ({ a, b }) => [...a.shape.slice(0, -1), b.shape.at(-1)],
  Conv2D: ({ x, filter }) => [...x.shape.slice(0, 3), filter.shape[3]],
  Conv2DBackpropInput: (inputs, { inputShape }) => inputShape,
  Conv2DBackpropFilter: (inputs, { filterShape }) => filterShape,
}
for (const kernel of tf.getKernelsForBackend('cpu')) {
  const shapeOf = shapes[kernel.kernelName]
  const kernelFunc = (given) => {
    const isLarge = Object.values(given.inputs).some((one) => one && one.shape.reduce((a, b) => a * b, 1) > 10000)
    if (!shapeOf || !isLarge) return kernel.kernelFunc(given)
    const shape = shapeOf(given.inputs, given.attrs)
    return given.backend.makeTensorInfo(shape, 'float32', new Float32Array(shape.reduce((a, b) => a * b, 1)))
  }
  tf.registerKernel({ ...kernel, backendName: 'tensorflow', kernelFunc })
}
`

export interface SmallTensorflow {
  pins: SetupPins
  wheel: Buffer
}

export interface SmallOptions {
  version?: string
  backend?: keyof typeof backendSources
  /** Zeros that make the unpacked library large, and the wheel hardly larger. */
  paddingBytes?: number
  /** Bytes that make the wheel large. */
  wheelBytes?: number
  /** Runs when the kernels are registered. */
  script?: string
  /** pip's platform tag of the file that is offered. */
  platform?: string
}

/** Makes the packages and puts them on the index. */
export function publishSmallTensorflow(index: FakeIndex, options: SmallOptions = {}): SmallTensorflow {
  const { version = '2.99.0', backend = 'sound', paddingBytes = 0, wheelBytes = 0 } = options
  const pinned = 'manylinux_2_27_x86_64'
  const platform = options.platform ?? pinned
  const fileFor = (tag: string): string => `tensorflow_cpu-${version}-cp312-cp312-${tag}.whl`
  const metadata = `Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: ${version}\n`
  const info = `tensorflow_cpu-${version}.dist-info`
  const library = compile('libtensorflow_cc.so.2', `const char* TF_Version(void) { return "${version}"; }`)
  const framework = compile('libtensorflow_framework.so.2', 'const char* other(void) { return ""; }')
  const noise = Buffer.alloc(wheelBytes)
  for (let at = 0; at < noise.length; at++) noise[at] = (at * 2654435761) >>> 13
  const wheel = makeArchive([
    { path: 'tensorflow/libtensorflow_cc.so.2', content: Buffer.concat([library, Buffer.alloc(paddingBytes)]) },
    { path: 'tensorflow/libtensorflow_framework.so.2', content: framework },
    { path: 'tensorflow/include/tensorflow/c/c_api.h', content: Buffer.from('extern "C" const char* TF_Version();\n') },
    { path: 'tensorflow/noise', content: noise, isStored: true },
    { path: `${info}/METADATA`, content: Buffer.from(metadata) },
    {
      path: `${info}/WHEEL`,
      content: Buffer.from(`Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp312-cp312-${platform}\n`),
    },
    { path: `${info}/RECORD`, content: Buffer.from('') },
  ])
  const sha256 = sha256Of(wheel)
  const offered: IndexFile = {
    ...{ project: 'tensorflow-cpu', file: fileFor(platform), content: wheel, bytes: wheel.length, sha256 },
  }
  index.files = [...index.files.filter(({ file }) => file !== offered.file), offered]
  const pin: WheelPin = {
    ...{ project: 'tensorflow-cpu', version, file: fileFor(pinned), sha256, bytes: wheel.length, platform: pinned },
    wanted: ['tensorflow/libtensorflow_', 'tensorflow/include/tensorflow/c/'],
  }
  const addon = publishPackage(index, '@small/addon', {
    'package/binding/tfjs_backend.cc': backendSources[backend],
    'package/binding/tfjs_binding.cc': binding,
    'package/dist/register_all_kernels.js': kernels + (options.script ?? ''),
    'package/dist/int64_tensors.js': '',
    'package/dist/nodejs_kernel_backend.js': `
const { MathBackendCPU } = require(${JSON.stringify(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-cpu'))})
exports.NodeJSKernelBackend = class extends MathBackendCPU { constructor(binding) { super(); this.binding = binding; this.isUsingGpuDevice = false } }`,
    ...Object.fromEntries(Array.from({ length: 110 }, (_, at) => [`package/dist/kernels/K${at}.js`, ''])),
  })
  const headers = publishPackage(index, 'small-headers', { 'package/include/node_api.h': nodeApi })
  return { pins: { tensorflow: version, wheels: [pin], addon, headers, diskBytes: 0 }, wheel }
}

function publishPackage(index: FakeIndex, name: string, files: Record<string, string>): PackagePin {
  const version = '1.0.0'
  const about = { 'package/package.json': JSON.stringify({ name, version }) }
  const content = gzipSync(makeTar({ ...about, ...files }))
  index.packages = [...index.packages.filter((one) => one.name !== name), { name, version, content }]
  return { name, version, integrity: integrityOf(content) }
}
