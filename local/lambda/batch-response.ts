/** Which items of a batch a function with `ReportBatchItemFailures` reported. */
export type BatchResult =
  | { readonly kind: 'all-succeeded' }
  | { readonly kind: 'all-failed'; readonly why: string }
  | { readonly kind: 'some-failed'; readonly identifiers: ReadonlySet<string> }

/**
 * Reads a partial batch response as Lambda does: no response, or an empty or missing list, means that all items
 * succeeded; an invalid response (another type, an empty or unknown identifier) means that all failed.
 * @param payload the function's response as JSON text
 * @param identifiers of the items in the batch
 */
export function readBatchResponse(payload: string, identifiers: readonly string[]): BatchResult {
  const response: unknown = JSON.parse(payload)
  if (response === null) return { kind: 'all-succeeded' }
  if (typeof response !== 'object') return { kind: 'all-failed', why: 'the response is not an object' }
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures
  if (failures === undefined || failures === null) return { kind: 'all-succeeded' }
  if (!Array.isArray(failures)) return { kind: 'all-failed', why: 'batchItemFailures is not a list' }
  const failed = new Set<string>()
  for (const failure of failures) {
    const identifier: unknown = failure?.itemIdentifier
    if (typeof identifier !== 'string' || !identifiers.includes(identifier)) {
      return { kind: 'all-failed', why: `the itemIdentifier ${JSON.stringify(identifier)} is not in the batch` }
    }
    failed.add(identifier)
  }
  return failed.size === 0 ? { kind: 'all-succeeded' } : { kind: 'some-failed', identifiers: failed }
}
