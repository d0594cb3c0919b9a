/** The files that TensorFlow opens on an NVIDIA GPU, by the package that brings each. */

/** By the names of `nvidia-NAME-cu12` wheels, which lie in nvidia/NAME/lib beside the library that the setup built. */
export const cuda12Files: { wheel: string; files: string[] }[] = [
  { wheel: 'cuda-runtime', files: ['libcudart.so.12'] },
  { wheel: 'cublas', files: ['libcublas.so.12', 'libcublasLt.so.12'] },
  { wheel: 'cufft', files: ['libcufft.so.11'] },
  { wheel: 'curand', files: ['libcurand.so.10'] },
  { wheel: 'cusolver', files: ['libcusolver.so.11'] },
  { wheel: 'cusparse', files: ['libcusparse.so.12'] },
  { wheel: 'nvjitlink', files: ['libnvJitLink.so.12'] },
  { wheel: 'cuda-nvrtc', files: ['libnvrtc.so.12'] },
  { wheel: 'cuda-cupti', files: ['libcupti.so.12'] },
  {
    wheel: 'cudnn',
    // The first is what TensorFlow opens; it opens the others by itself.
    files: [
      ...['libcudnn.so.9', 'libcudnn_graph.so.9', 'libcudnn_ops.so.9', 'libcudnn_cnn.so.9', 'libcudnn_heuristic.so.9'],
      ...['libcudnn_engines_precompiled.so.9', 'libcudnn_engines_runtime_compiled.so.9'],
    ],
  },
  { wheel: 'nccl', files: ['libnccl.so.2'] },
]

/** What TensorFlow 2.9 in Google's own package opens: CUDA 11 and cuDNN 8. */
export const cuda11Files = [
  ...['libcudart.so.11.0', 'libcublas.so.11', 'libcublasLt.so.11', 'libcufft.so.10', 'libcurand.so.10'],
  ...['libcusolver.so.11', 'libcusparse.so.11', 'libcudnn.so.8'],
]

/** The first driver that runs CUDA 12. */
export const minimalDriver = 525
/** Pascal; TensorFlow's wheels dropped older GPUs with 2.18. */
export const minimalComputeCapability = 6
