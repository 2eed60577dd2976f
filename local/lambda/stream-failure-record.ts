import { randomUUID } from 'node:crypto'
import type { StreamRecord } from '../dynamodb/stream-log.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { Invoked } from './invoker.ts'

export type DiscardReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded'

/**
 * The record that an on-failure destination gets for discarded stream records: pointers into the stream, not the
 * records.
 */
export function streamFailureRecord(details: {
  configuration: FunctionConfiguration
  reason: DiscardReason
  invocations: number
  /** The last invocation, if there was any. */
  last?: Invoked
  records: readonly StreamRecord[]
  shardId: string
  nowMs: number
}): object {
  const { records, last } = details
  return {
    requestContext: {
      requestId: last?.requestId ?? randomUUID(),
      functionArn: details.configuration.arn,
      condition: details.reason,
      approximateInvokeCount: details.invocations,
    },
    ...(last && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: last.outcome.kind === 'error' ? 'Unhandled' : null,
      },
    }),
    version: '1.0',
    timestamp: new Date(details.nowMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: details.shardId,
      startSequenceNumber: records[0]!.dynamodb.SequenceNumber,
      endSequenceNumber: records.at(-1)!.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(records[0]!),
      approximateArrivalOfLastRecord: arrival(records.at(-1)!),
      batchSize: records.length,
      streamArn: records[0]!.eventSourceARN,
    },
  }
}

const arrival = (record: StreamRecord) =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString().replace('.000Z', 'Z')
