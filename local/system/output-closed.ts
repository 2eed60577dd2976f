/** Codes of a write to a pipe whose reader has ended, and to a terminal that was closed. */
const closedCodes = ['EPIPE', 'EIO']

/**
 * Calls back once when the reader of this process's output is gone, as after `| head -2`. Without this call Node ends
 * the process with a stack trace.
 */
export function onOutputClosed(onClosed: () => void): void {
  let isClosed = false
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!closedCodes.includes(error.code ?? '')) throw error
      if (!isClosed) onClosed()
      isClosed = true
    })
  }
}
