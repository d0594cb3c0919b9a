/** Signals of one moment are one: a terminal sends Ctrl-C to the whole group, and whoever started us passes it on. */
const momentMs = 500
/** What a shell says of a program that Ctrl-C ended. */
export const cancelledExitCode = 130

/** Calls `listener` at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
export function onInterruption(listener: () => void): void {
  let firstAtMs: number | null = null
  const onSignal = (): void => {
    if (firstAtMs === null) {
      firstAtMs = performance.now()
      listener()
    } else if (performance.now() - firstAtMs > momentMs) process.exit(cancelledExitCode)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}
