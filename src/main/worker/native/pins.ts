/**
 * What `npm run setup:tensorflow` fetches: exact files, by version, size and checksum. The checksums are those that
 * PyPI and the npm registry publish; a file that differs is refused, wherever it came from.
 */
import type { NativeVariant } from './native-folder'

export interface WheelPin {
  /** The name that pip knows. */
  project: string
  version: string
  file: string
  sha256: string
  bytes: number
  /** pip's platform tag. */
  platform: string
  /** The parts of the archive that are unpacked, by the beginning of their path. */
  wanted: string[]
}

export interface PackagePin {
  name: string
  version: string
  /** npm's integrity text: "sha512-" and base64. */
  integrity: string
}

/** Everything that one setup fetches. */
export interface SetupPins {
  tensorflow: string
  /** TensorFlow's first. */
  wheels: WheelPin[]
  addon: PackagePin
  headers: PackagePin
  /** What the finished folder takes, as measured. */
  diskBytes: number
}

export const tensorflowVersion = '2.21.0'

/** tfjs-node's addon sources and its JavaScript. The package's own install script is never run. */
export const addonPackage: PackagePin = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  integrity: 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
}

/** Node-API's headers, so that Node's own need no download. */
export const headersPackage: PackagePin = {
  name: 'node-api-headers',
  version: '1.9.0',
  integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
}

/** Both libraries, and the headers that the addon's sources reach (found with `g++ -M`). */
const tensorflowParts = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
]

function tensorflowWheel(project: string, platform: string, sha256: string, bytes: number): WheelPin {
  const file = `${project.replaceAll('-', '_')}-${tensorflowVersion}-cp312-cp312-${platform}.whl`
  return { project, version: tensorflowVersion, file, sha256, bytes, platform, wanted: tensorflowParts }
}

/** Libraries without their headers; of the compiler's package the parts that TensorFlow calls at run time. */
function nvidiaParts(name: string): string[] {
  const folder = `nvidia/${name.replaceAll('-', '_')}`
  return name === 'cuda-nvcc' ? [`${folder}/bin/`, `${folder}/nvvm/`] : [`${folder}/lib/`]
}

/** CUDA's libraries lie where TensorFlow's own run path looks for them: `nvidia/NAME/lib` beside `tensorflow/`. */
function nvidiaWheel(name: string, version: string, platforms: string, sha256: string, bytes: number): WheelPin {
  const project = `nvidia-${name}-cu12`
  const file = `${project.replaceAll('-', '_')}-${version}-py3-none-${platforms}.whl`
  return { project, version, file, sha256, bytes, platform: platforms.split('.')[0]!, wanted: nvidiaParts(name) }
}

const x64 = {
  manylinux2010: 'manylinux2010_x86_64.manylinux_2_12_x86_64',
  manylinux2014: 'manylinux2014_x86_64.manylinux_2_17_x86_64',
  glibc25: 'manylinux_2_25_x86_64',
  glibc27: 'manylinux_2_27_x86_64',
}

/** What TensorFlow's `and-cuda` extra names, in versions that fit it. */
const cudaWheels: WheelPin[] = [
  nvidiaWheel(
    'cublas',
    '12.9.1.4',
    x64.glibc27,
    '453611eb21a7c1f2c2156ed9f3a45b691deda0440ec550860290dc901af5b4c2',
    581_242_350,
  ),
  nvidiaWheel(
    'cuda-cupti',
    '12.9.79',
    x64.glibc25,
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
    10_814_997,
  ),
  nvidiaWheel(
    'cuda-nvcc',
    '12.9.86',
    x64.manylinux2010,
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    40_546_229,
  ),
  nvidiaWheel(
    'cuda-nvrtc',
    '12.9.86',
    x64.manylinux2010,
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    89_568_129,
  ),
  nvidiaWheel(
    'cuda-runtime',
    '12.9.79',
    x64.manylinux2014,
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    3_493_179,
  ),
  nvidiaWheel(
    'cudnn',
    '9.10.2.21',
    x64.glibc27,
    '949452be657fa16687d0930933f032835951ef0892b37d2d53824d1a84dc97a8',
    706_758_467,
  ),
  nvidiaWheel(
    'cufft',
    '11.4.1.4',
    x64.manylinux2014,
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    200_877_592,
  ),
  nvidiaWheel(
    'curand',
    '10.3.10.19',
    x64.glibc27,
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    68_295_626,
  ),
  nvidiaWheel(
    'cusolver',
    '11.7.5.82',
    x64.glibc27,
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    338_117_415,
  ),
  nvidiaWheel(
    'cusparse',
    '12.5.10.65',
    x64.manylinux2014,
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    366_465_088,
  ),
  nvidiaWheel(
    'nccl',
    '2.27.7',
    x64.manylinux2014,
    'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
    322_546_339,
  ),
  nvidiaWheel(
    'nvjitlink',
    '12.9.86',
    x64.manylinux2010,
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    39_748_338,
  ),
]

const wheels: Record<string, Partial<Record<NativeVariant, WheelPin[]>>> = {
  'linux-x64': {
    cpu: [
      tensorflowWheel(
        'tensorflow-cpu',
        x64.glibc27,
        'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
        274_000_871,
      ),
    ],
    gpu: [
      tensorflowWheel(
        'tensorflow',
        x64.glibc27,
        'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
        572_611_111,
      ),
      ...cudaWheels,
    ],
  },
  // On 64-bit Arm the one wheel has no CUDA.
  'linux-arm64': {
    cpu: [
      tensorflowWheel(
        'tensorflow',
        'manylinux_2_27_aarch64',
        'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
        281_946_471,
      ),
    ],
  },
}

/** The wheels for a machine ("linux-x64"), TensorFlow's first; null where the road is not built. */
export function findWheels(machine: string, variant: NativeVariant): WheelPin[] | null {
  return wheels[machine]?.[variant] ?? null
}

/** All that the setup of this form fetches for a machine; null where the road is not built. */
export function findPins(machine: string, variant: NativeVariant): SetupPins | null {
  const found = findWheels(machine, variant)
  if (found === null) return null
  const diskBytes = variant === 'gpu' ? 5.2e9 : machine === 'linux-arm64' ? 840e6 : 815e6
  return { tensorflow: tensorflowVersion, wheels: found, addon: addonPackage, headers: headersPackage, diskBytes }
}
