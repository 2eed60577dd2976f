const lookEveryMs = 500

/**
 * Calls back once when the process that started this one is gone, since nothing else tells it when that one
 * was killed without a chance to pass a signal on. Under init itself there is no such parent to lose.
 * @returns a function that ends the watch
 */
export function watchParent(onGone: () => void): () => void {
  const parent = process.ppid
  if (parent === 1) return () => {}
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, lookEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}
