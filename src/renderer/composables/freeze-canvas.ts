import type WaveSurfer from 'wavesurfer.js'

/**
 * Has a waveform that is drawn once, and then scrolled or looked at, cost nothing any more: a canvas that can be drawn on
 * is copied for every frame in which anything on the page moves. Each gives its pixels to one that only shows them.
 */
export function freezeCanvases(surfer: WaveSurfer): void {
  surfer.on('redrawcomplete', () => {
    const canvases = surfer.getWrapper().querySelectorAll<HTMLCanvasElement>('.canvases canvas:not(.still)')
    for (const canvas of canvases) freeze(canvas)
  })
}

function freeze(canvas: HTMLCanvasElement): void {
  if (canvas.width === 0 || canvas.height === 0 || canvas.style.display === 'none') return
  const copy = new OffscreenCanvas(canvas.width, canvas.height)
  copy.getContext('2d')!.drawImage(canvas, 0, 0)
  const still = document.createElement('canvas')
  still.className = 'still'
  still.width = canvas.width
  still.height = canvas.height
  still.style.cssText = canvas.style.cssText
  still.getContext('bitmaprenderer')!.transferFromImageBitmap(copy.transferToImageBitmap())
  canvas.style.display = 'none'
  canvas.after(still)
}
