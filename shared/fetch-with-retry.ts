/**
 * `fetch` for requests that can be repeated. One that gets no response is sent once more, within the same signal: "Lambda
 * purges idle connections over time. Attempting to reuse an idle connection when invoking a function will result in a
 * connection error" (Lambda Developer Guide, best practices), which the AWS SDK retries and `fetch` does not.
 */
export async function fetchWithRetry(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    // The end of the signal is another error.
    if (!(error instanceof TypeError)) throw error
    return fetch(url, init)
  }
}
