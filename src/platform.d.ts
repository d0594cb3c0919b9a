/**
 * The few globals that the ground floor (dsp, shared, zoo, formats) may use: they exist in Node, in
 * Electron and in every browser. The ground floor is compiled without Node's and the DOM's types, so
 * that anything else is a type error there.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean })
  readonly encoding: string
  decode(input?: Uint8Array, options?: { stream?: boolean }): string
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
}
/** Base64 as signs from U+0000 to U+00FF. */
declare function atob(base64: string): string
declare function btoa(signs: string): string
interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}
declare const crypto: {
  readonly subtle: { digest(algorithm: 'SHA-1', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> }
}
declare function setTimeout(callback: () => void, delayMs?: number): unknown
declare function clearTimeout(handle: unknown): void
declare function queueMicrotask(callback: () => void): void
declare function structuredClone<T>(value: T): T
/** Where it may be compiled: a page's content security policy may forbid it, which throws. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }
  class Memory {
    constructor(limits: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, unknown>
  }
}
