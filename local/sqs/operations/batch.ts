import type { Chaos } from '../../chaos.ts'
import { AwsError } from '../../wire/aws-error.ts'

interface BatchResult<Success> {
  readonly Successful: ({ Id: string } & Success)[]
  readonly Failed: { Id: string; Code: string; Message: string; SenderFault: boolean }[]
}

/**
 * Calls `work` for each entry; an entry's error fails only that entry.
 * @throws AwsError when the batch as a whole is malformed; no entry is processed then
 */
export function forEachEntry<Entry extends { Id: string }, Success extends object>(
  entries: Entry[] | undefined,
  work: (entry: Entry) => Success,
  chaos: Chaos,
): BatchResult<Success> {
  checkEntries(entries ?? [])
  const result: BatchResult<Success> = { Successful: [], Failed: [] }
  for (const entry of entries!) {
    try {
      if (chaos.hits('failed entries of SQS batches')) throw internalError()
      result.Successful.push({ Id: entry.Id, ...work(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      result.Failed.push({
        Id: entry.Id,
        Code: error.name,
        Message: error.message,
        SenderFault: error.statusCode < 500,
      })
    }
  }
  return result
}

const internalError = () =>
  new AwsError('InternalError', 'We encountered an internal error. Please try again.', { statusCode: 500 })

function checkEntries(entries: { Id: string }[]): void {
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.')
  }
  if (entries.length > 10) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    )
  }
  if (entries.some((entry) => !/^[\w-]{1,80}$/.test(entry.Id ?? ''))) {
    throw new AwsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    )
  }
  const ids = entries.map((entry) => entry.Id)
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`)
}
