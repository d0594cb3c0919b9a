/** The two media tasks that imports and exports need; the pool of media threads has them. */
export interface MediaRunner {
  run(
    task: 'probe',
    input: { path: string },
  ): Promise<{
    contentHash: string
    sizeBytes: number
    modifiedMs: number
    format: string
    sampleRateHz: number
    channelCount: number
    durationSeconds: number
    warning: string | null
  }>
  run(task: 'rendition', input: { path: string; startSeconds: number; endSeconds: number }): Promise<Uint8Array>
}
