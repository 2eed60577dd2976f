/** The error payload that Lambda returns for a thrown value. Any value can be thrown, not only errors. */
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

/** An error of the runtime itself; its name becomes the `errorType`. */
export function runtimeError(name, message) {
  const error = new Error(message)
  error.name = name
  return error
}
