import type WaveSurfer from 'wavesurfer.js'

/**
 * Has a waveform that is drawn once, and then scrolled or looked at, cost nothing any more: a canvas that can be drawn on
 * is copied for every frame in which anything on the page moves. Each gives its pixels to one that only shows them, on a
 * ground: what lies under a picture that can be seen through is drawn for every frame as well.
 * @param ground the colour behind the wave, asked for when it is drawn
 */
export function freezeCanvases(surfer: WaveSurfer, ground: () => string): void {
  surfer.on('redrawcomplete', () => {
    const canvases = surfer.getWrapper().querySelectorAll<HTMLCanvasElement>('.canvases canvas:not(.still)')
    for (const canvas of canvases) freeze(canvas, ground())
  })
}

function freeze(canvas: HTMLCanvasElement, ground: string): void {
  if (canvas.width === 0 || canvas.height === 0 || canvas.style.display === 'none') return
  const copy = new OffscreenCanvas(canvas.width, canvas.height)
  const context = copy.getContext('2d', { alpha: false })!
  context.fillStyle = ground
  context.fillRect(0, 0, copy.width, copy.height)
  context.drawImage(canvas, 0, 0)
  const still = document.createElement('canvas')
  still.className = 'still'
  still.width = canvas.width
  still.height = canvas.height
  still.style.cssText = canvas.style.cssText
  still.getContext('bitmaprenderer', { alpha: false })!.transferFromImageBitmap(copy.transferToImageBitmap())
  canvas.style.display = 'none'
  canvas.after(still)
}
