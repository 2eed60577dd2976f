const checkEveryMs = 500

/**
 * Calls back once when the parent process has exited: a parent that was killed cannot pass a signal on.
 * A process whose parent is init does not watch it.
 * @param parentId the process that started this one, if the caller knows it: it may have exited before this call
 * @returns a function that stops watching
 */
export function watchParent(onExit: () => void, parentId = process.ppid): () => void {
  if (parentId === 1) return () => {}
  const check = () => {
    if (process.ppid === parentId) return
    clearInterval(timer)
    onExit()
  }
  const timer = setInterval(check, checkEveryMs)
  timer.unref()
  check()
  return () => clearInterval(timer)
}
