/** Which items of a batch a function with `ReportBatchItemFailures` reported. */
export type BatchResult =
  | { readonly kind: 'all-succeeded' }
  | { readonly kind: 'all-failed'; readonly why: string }
  | { readonly kind: 'some-failed'; readonly identifiers: ReadonlySet<string> }

/**
 * Reads a partial batch response as Lambda does: nothing, or an empty or absent list, is success of all; whatever cannot
 * be read (another type, an empty or unknown identifier) is failure of all.
 * @param payload the function's answer, a JSON text
 * @param identifiers of the items that it was given
 */
export function readBatchResponse(payload: string, identifiers: readonly string[]): BatchResult {
  const response: unknown = JSON.parse(payload)
  if (response === null) return { kind: 'all-succeeded' }
  if (typeof response !== 'object') return { kind: 'all-failed', why: 'the answer is no object' }
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures
  if (failures === undefined || failures === null) return { kind: 'all-succeeded' }
  if (!Array.isArray(failures)) return { kind: 'all-failed', why: 'batchItemFailures is no list' }
  const failed = new Set<string>()
  for (const failure of failures) {
    const identifier: unknown = failure?.itemIdentifier
    if (typeof identifier !== 'string' || !identifiers.includes(identifier)) {
      return { kind: 'all-failed', why: `the itemIdentifier ${JSON.stringify(identifier)} is none of the batch` }
    }
    failed.add(identifier)
  }
  return failed.size === 0 ? { kind: 'all-succeeded' } : { kind: 'some-failed', identifiers: failed }
}
