import { AwsError } from '@cartwheel/local/testing'
import { canonical, unordered } from './canonical.ts'
import type { StepResponse, Sequence, Step } from './sequence.ts'

export const errorResponse = ({ name, message, members }: AwsError): StepResponse => ({
  error: canonical({ name, message, ...members }),
})

/** The response to a single call; the items of a batch have no order. */
export function callResponse(output: any): StepResponse {
  const { Responses, ...rest } = output
  if (Responses === undefined || Array.isArray(Responses)) return { output: canonical(output) }
  const lists = Object.entries<unknown[]>(Responses).map(([table, items]) => [table, unordered(items)])
  return { output: canonical({ ...rest, Responses: Object.fromEntries(lists) }) }
}

export interface Page {
  readonly Items?: readonly any[]
  readonly Count: number
  readonly ScannedCount: number
  readonly LastEvaluatedKey?: any
}

/** DynamoDB does not guarantee whether an empty page follows a read that ends exactly at its limit. */
function withoutEmptyEnd(pages: readonly Page[]): Page[] {
  const read = pages.length > 1 && pages.at(-1)!.ScannedCount === 0 ? pages.slice(0, -1) : [...pages]
  const { LastEvaluatedKey: _key, ...last } = read.at(-1)!
  return [...read.slice(0, -1), last]
}

/**
 * All pages of a query or scan. A table's query has one order; entries of an index with equal sort keys have none, and a
 * scan has none, so for these only the set of items and the order of sort keys are compared.
 */
export function pagesResponse(
  step: Step & { kind: 'pages' },
  received: readonly Page[],
  sequence: Sequence,
): StepResponse {
  const pages = withoutEmptyEnd(received)
  const { IndexName } = step.input
  if (step.operation === 'Query' && IndexName === undefined) return { output: canonical(pages) }
  const items = pages.flatMap((page) => page.Items ?? [])
  const sum = (member: 'Count' | 'ScannedCount') => pages.reduce((all, page) => all + page[member], 0)
  const sort = step.operation === 'Query' ? sortKeyOf(sequence, step.input) : undefined
  return {
    output: canonical({
      items: unordered(items),
      pages: pages.length,
      count: sum('Count'),
      scanned: sum('ScannedCount'),
      ...(sort !== undefined && { order: items.map((item) => item[sort] ?? null) }),
    }),
  }
}

function sortKeyOf({ tables }: Sequence, input: any): string | undefined {
  const table = tables.find(({ TableName }) => TableName === input.TableName)
  const indexes: any[] = [...(table?.GlobalSecondaryIndexes ?? []), ...(table?.LocalSecondaryIndexes ?? [])]
  const index = indexes.find((each) => each.IndexName === input.IndexName)
  return index?.KeySchema[1]?.AttributeName
}

/** What happened to each item, in order; the records of different items have no order. */
export function streamResponse(records: readonly any[]): StepResponse {
  const byKey = Map.groupBy(records, (record) => JSON.stringify(canonical(record.dynamodb.Keys)))
  const histories = [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, list]) => [
      JSON.parse(key),
      list.map(({ eventName, dynamodb: { NewImage, OldImage, StreamViewType, SizeBytes } }) => ({
        eventName,
        NewImage,
        OldImage,
        StreamViewType,
        SizeBytes,
      })),
    ])
  return { output: canonical(histories) }
}
