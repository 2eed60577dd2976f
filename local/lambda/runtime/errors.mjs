/** What Lambda answers for a thrown value. Anything can be thrown, not only errors. */
export function describeError(error) {
  if (error instanceof Error || (typeof error === 'object' && error !== null && typeof error.stack === 'string')) {
    return {
      errorType: error.name ?? 'Error',
      errorMessage: error.message ?? '',
      trace: (error.stack ?? '').split('\n'),
    }
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] }
}

/** An error of the runtime itself; its name is what `errorType` will say. */
export function runtimeError(name, message) {
  const error = new Error(message)
  error.name = name
  return error
}
