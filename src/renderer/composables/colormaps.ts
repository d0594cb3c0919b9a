import { colormap, colormapNames, type ColormapName, paintLevels } from '../../dsp/colormap'

export { colormap, colormapNames, type ColormapName }

/** A colour map by its stored name; one that is not known is magma. */
export function asColormap(name: string): ColormapName {
  return (colormapNames as readonly string[]).includes(name) ? (name as ColormapName) : 'magma'
}

/** Paints bytes (0 the floor, 255 the loudest) into a canvas of the picture's own size. */
export function paintCells(
  canvas: HTMLCanvasElement,
  picture: { width: number; height: number; values: Uint8Array },
  name: string,
): void {
  canvas.width = picture.width
  canvas.height = picture.height
  const pixels = paintLevels(picture.values, asColormap(name), 0, 255)
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, picture.width, picture.height), 0, 0)
}
