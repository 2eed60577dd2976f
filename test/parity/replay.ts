import { AwsError } from '@cartwheel/local/testing'
import { callResponse, errorResponse, pagesResponse, streamResponse, type Page } from './responses.ts'
import type { TableEndpoint } from './endpoint.ts'
import type { StepResponse, Sequence, Step } from './sequence.ts'

/** An endless paginated read of a few items is an error. */
const mostPages = 200

/** Creates the tables of a sequence, runs its steps one by one, and deletes the tables. */
export async function* replay(endpoint: TableEndpoint, sequence: Sequence): AsyncGenerator<StepResponse, void> {
  const streams = new Map<string, string>()
  try {
    for (const table of sequence.tables) {
      const { TableDescription } = await endpoint.call('DynamoDB', 'CreateTable', table)
      streams.set(table.TableName, TableDescription.LatestStreamArn)
    }
    for (const step of sequence.steps) yield await responseTo(endpoint, step, sequence, streams)
  } finally {
    for (const TableName of streams.keys()) await endpoint.call('DynamoDB', 'DeleteTable', { TableName })
  }
}

async function responseTo(
  endpoint: TableEndpoint,
  step: Step,
  sequence: Sequence,
  streams: ReadonlyMap<string, string>,
): Promise<StepResponse> {
  try {
    switch (step.kind) {
      case 'call':
        return callResponse(await endpoint.call('DynamoDB', step.operation, step.input))
      case 'pages':
        return pagesResponse(step, await allPages(endpoint, step), sequence)
      case 'stream':
        return streamResponse(await allRecords(endpoint, streams.get(step.table)!))
      default:
        return step satisfies never
    }
  } catch (error) {
    if (error instanceof AwsError) return errorResponse(error)
    throw error
  }
}

async function allPages(endpoint: TableEndpoint, { operation, input }: Step & { kind: 'pages' }): Promise<Page[]> {
  const pages: Page[] = []
  let ExclusiveStartKey: unknown
  do {
    const page = await endpoint.call('DynamoDB', operation, { ...input, ExclusiveStartKey })
    pages.push(page)
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey !== undefined && pages.length < mostPages)
  return pages
}

/** Shards in the listed order: a parent comes before its children. */
async function allRecords(endpoint: TableEndpoint, StreamArn: string): Promise<unknown[]> {
  const { StreamDescription } = await endpoint.call('DynamoDBStreams', 'DescribeStream', { StreamArn })
  const records: unknown[] = []
  for (const { ShardId } of StreamDescription.Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    let { ShardIterator } = await endpoint.call('DynamoDBStreams', 'GetShardIterator', from)
    while (ShardIterator !== undefined && ShardIterator !== null) {
      const page = await endpoint.call('DynamoDBStreams', 'GetRecords', { ShardIterator })
      if (page.Records.length === 0) break
      records.push(...page.Records)
      ShardIterator = page.NextShardIterator
    }
  }
  return records
}
