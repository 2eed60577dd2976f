const checkEveryMs = 500

/**
 * Calls back once when the parent process has exited: a parent that was killed cannot pass a signal on.
 * A process whose parent is init does not watch it.
 * @returns a function that stops watching
 */
export function watchParent(onExit: () => void): () => void {
  const parent = process.ppid
  if (parent === 1) return () => {}
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onExit()
  }, checkEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}
