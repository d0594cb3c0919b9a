/** Keeps V8's space for new objects small where JavaScript only hands tensors to a library. */
import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8's young generation grow no further in this process. Small objects of JavaScript hold large arrays outside
 * V8 (batches, copies of results), which lie about until the objects are collected: with the 64 MB halves that V8 grows
 * to in a long training, the C library's heaps are cut into ever more free pieces, and the resident memory creeps
 * up although nothing is held. For processes whose work is in the library: programs that keep many new objects are slowed by it.
 */
export function holdYoungGeneration(): void {
  // --max-semi-space-size is read only once, when a heap is made; the factor at every growth.
  setFlagsFromString('--semi-space-growth-factor=1')
}
