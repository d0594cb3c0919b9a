/**
 * Shaders (WGSL) for the gradients that tfjs's WebGPU backend computes slowly or depends on a driver's rounding for.
 * Every thread computes one value of the output; positions are whole numbers throughout.
 */
import { webgpu_util, type WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu'
import * as tf from '@tensorflow/tfjs-core'

/** What a window that moves over a picture needs: pads and strides are [rows, columns]. */
export interface Windows {
  pads: [number, number]
  strides: [number, number]
  size: [number, number]
}

const windowUniforms = 'pads : vec2<i32>, strides : vec2<i32>, window : vec2<i32>,'

/** The values for `windowUniforms`, in its order. */
export function windowValues({ pads, strides, size }: Windows): { type: string; data: number[] }[] {
  return [pads, strides, size].map((data) => ({ type: 'int32', data }))
}

/** The windows that cover a position (counted with the padding): from the first to the last, along one axis. */
const coveringWindows = `
  fn firstWindow(position : i32, size : i32, stride : i32) -> i32 {
    return (max(position - size + 1, 0) + stride - 1) / stride;
  }
  fn lastWindow(position : i32, stride : i32, count : i32) -> i32 {
    return min(position / stride, count - 1);
  }`

/** The loop over all windows that cover `place`, an input's row and column with padding. */
function forCoveringWindows(body: string): string {
  return `
    let lastRow = lastWindow(place.x, uniforms.strides.x, uniforms.dyShape[1]);
    let lastColumn = lastWindow(place.y, uniforms.strides.y, uniforms.dyShape[2]);
    for (var row = firstWindow(place.x, uniforms.window.x, uniforms.strides.x); row <= lastRow; row++) {
      for (var column = firstWindow(place.y, uniforms.window.y, uniforms.strides.y); column <= lastColumn; column++) {
        ${body}
      }
    }`
}

/** A program with one thread for each output value; `body` computes `total` at `coords`. */
function makeProgram(
  name: string,
  outputShape: number[],
  variableNames: string[],
  uniforms: string,
  body: string,
): WebGPUProgram {
  const workgroupSize: [number, number, number] = [64, 1, 1]
  const dispatchLayout = webgpu_util.flatDispatchLayout(outputShape)
  return {
    variableNames,
    uniforms,
    outputShape,
    workgroupSize,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, outputShape, workgroupSize),
    size: true,
    // The cache of compiled programs goes by this name; the ranks and types of the tensors are added to it.
    shaderKey: `earmark_${name}`,
    getUserCode: () => `
      ${coveringWindows}
      fn main(index : i32) {
        if (index < uniforms.size) {
          let coords = getCoordsFromIndex(index);
          var total = 0.0;
          ${body}
          setOutputAtIndex(index, total);
        }
      }`,
  }
}

/** How many sums the gradient of a filter is computed in, so that a small filter keeps a large GPU busy. */
export function countChunks(weights: number, rows: number): { chunks: number; rowsPerChunk: number } {
  const threadsWanted = 2 ** 17
  const rowsPerChunk = Math.ceil(rows / Math.max(1, Math.min(rows, Math.ceil(threadsWanted / weights))))
  return { chunks: Math.ceil(rows / rowsPerChunk), rowsPerChunk }
}

/**
 * Partial sums of a filter's gradient: [chunks, height, width, inputs, outputs], each over some rows of the batch's
 * pictures. tfjs's own shader gives each weight one thread that adds up millions of products in turn: a small filter
 * leaves most of a GPU idle, and a long sum in single precision is less exact than many short ones.
 *
 * @param isDepthwise whether each input channel has outputs of its own
 */
export function filterGradientProgram(chunks: number, filterShape: number[], isDepthwise: boolean): WebGPUProgram {
  const output = isDepthwise ? 'coords.w * uniforms.outShape.u + coords.u' : 'coords.u'
  return makeProgram(
    `filterGradient_${isDepthwise}`,
    [chunks, ...filterShape],
    ['x', 'dy'],
    `${windowUniforms} rowsPerChunk : i32,`,
    `
      let height = uniforms.dyShape[1];
      let firstRow = coords.x * uniforms.rowsPerChunk;
      let lastRow = min(firstRow + uniforms.rowsPerChunk, uniforms.dyShape[0] * height);
      let output = ${output};
      for (var row = firstRow; row < lastRow; row++) {
        let batch = row / height;
        let y = row % height;
        let inputY = y * uniforms.strides.x + coords.y - uniforms.pads.x;
        if (inputY < 0 || inputY >= uniforms.xShape[1]) { continue; }
        for (var column = 0; column < uniforms.dyShape[2]; column++) {
          let inputX = column * uniforms.strides.y + coords.z - uniforms.pads.y;
          if (inputX < 0 || inputX >= uniforms.xShape[2]) { continue; }
          total += getX(batch, inputY, inputX, coords.w) * getDy(batch, y, column, output);
        }
      }`,
  )
}

/** The gradient of a convolution's input; inputs are dy and the filter. */
export function inputGradientProgram(inputShape: number[], isDepthwise: boolean): WebGPUProgram {
  const products = isDepthwise
    ? `for (var one = 0; one < uniforms.wShape[3]; one++) {
         total += getDy(coords[0], row, column, coords[3] * uniforms.wShape[3] + one) * getW(y, x, coords[3], one);
       }`
    : `for (var one = 0; one < uniforms.wShape[3]; one++) {
         total += getDy(coords[0], row, column, one) * getW(y, x, coords[3], one);
       }`
  return makeProgram(
    `inputGradient_${isDepthwise}`,
    inputShape,
    ['dy', 'W'],
    windowUniforms,
    `
      let place = coords.yz + uniforms.pads;
      ${forCoveringWindows(`
        let y = place.x - row * uniforms.strides.x;
        let x = place.y - column * uniforms.strides.y;
        ${products}`)}`,
  )
}

/** The gradient of max pooling: each window's goes to its first largest value. Inputs are dy and the pooled x. */
export function maxPoolGradientProgram(inputShape: number[]): WebGPUProgram {
  return makeProgram(
    'maxPoolGradient',
    inputShape,
    ['dy', 'x'],
    windowUniforms,
    `
      let place = coords.yz + uniforms.pads;
      let own = getX(coords[0], coords[1], coords[2], coords[3]);
      ${forCoveringWindows(`
        var isLargest = true;
        for (var y = row * uniforms.strides.x - uniforms.pads.x; y < row * uniforms.strides.x - uniforms.pads.x + uniforms.window.x; y++) {
          if (y < 0 || y >= uniforms.xShape[1]) { continue; }
          for (var x = column * uniforms.strides.y - uniforms.pads.y; x < column * uniforms.strides.y - uniforms.pads.y + uniforms.window.y; x++) {
            if (x < 0 || x >= uniforms.xShape[2]) { continue; }
            let other = getX(coords[0], y, x, coords[3]);
            let isBefore = y < coords[1] || (y == coords[1] && x < coords[2]);
            if (other > own || (isBefore && other == own)) { isLargest = false; }
          }
        }
        if (isLargest) { total += getDy(coords[0], row, column, coords[3]); }`)}`,
  )
}

/** The gradient of average pooling. As forward, a window counts the values inside the picture, not the padding. */
export function averagePoolGradientProgram(inputShape: number[]): WebGPUProgram {
  const inside = (axis: number, index: string): string => {
    const part = axis === 1 ? 'x' : 'y'
    const start = `${index} * uniforms.strides.${part} - uniforms.pads.${part}`
    return `(min(${start} + uniforms.window.${part}, uniforms.outShape[${axis}]) - max(${start}, 0))`
  }
  return makeProgram(
    'averagePoolGradient',
    inputShape,
    ['dy'],
    windowUniforms,
    `
      let place = coords.yz + uniforms.pads;
      ${forCoveringWindows(`
        let count = ${inside(1, 'row')} * ${inside(2, 'column')};
        total += getDy(coords[0], row, column, coords[3]) / f32(count);`)}`,
  )
}

/**
 * Sine or cosine to single precision, for |x| up to some ten thousands. WGSL's own may be off by 2⁻¹¹. The angle is
 * brought into −π/4…π/4 by subtracting multiples of π/2 in three parts (Cody & Waite 1980); there both functions are
 * short polynomials, with the coefficients of Moshier's Cephes library.
 */
export function sineProgram(shape: number[], isCosine: boolean): WebGPUProgram {
  return makeProgram(
    isCosine ? 'cosine' : 'sine',
    shape,
    ['x'],
    '',
    `
      let given = getXByOutputIndex(index);
      let turns = round(given * 0.6366197723675814);
      var angle = given - turns * 1.5703125;
      angle = angle - turns * 4.837512969970703125e-4;
      angle = angle - turns * 7.54978995489188216e-8;
      let square = angle * angle;
      let sine = angle + angle * square *
        (-1.6666654611e-1 + square * (8.3321608736e-3 - square * 1.9515295891e-4));
      let cosine = 1.0 - 0.5 * square + square * square *
        (4.166664568298827e-2 + square * (-1.388731625493765e-3 + square * 2.443315711809948e-5));
      let quarter = (i32(turns) + ${isCosine ? 1 : 0}) & 3;
      total = select(sine, cosine, (quarter & 1) == 1);
      total = select(total, -total, quarter > 1);`,
  )
}

/** Positions, pads and strides of a pooling or convolution, as the programs take them. */
export function windowsOf(
  info: ReturnType<typeof tf.backend_util.computeConv2DInfo> | ReturnType<typeof tf.backend_util.computePool2DInfo>,
): Windows {
  return {
    pads: [info.padInfo.top, info.padInfo.left],
    strides: [info.strideHeight, info.strideWidth],
    size: [info.effectiveFilterHeight, info.effectiveFilterWidth],
  }
}
