/** Bytes read by place, so that a file of any size can be understood without holding it. */
export interface ByteSource {
  readonly size: number
  /** `length` bytes from `at`, fewer where the source ends. What is returned may be overwritten by the next read. */
  read(at: number, length: number): Uint8Array
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (at, length) => bytes.subarray(Math.min(at, bytes.length), at + length) }
}

/** A view of `length` bytes from `at`; null where the source has fewer. */
export function viewAt(source: ByteSource, at: number, length: number): DataView | null {
  const bytes = source.read(at, length)
  return bytes.length < length ? null : new DataView(bytes.buffer, bytes.byteOffset, length)
}

/** `length` bytes from `at` as Latin-1 text, fewer where the source ends. */
export function textAt(source: ByteSource, at: number, length: number): string {
  return String.fromCharCode(...source.read(at, length))
}
