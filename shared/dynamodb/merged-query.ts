import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Table } from './table.ts'

export interface IndexEntry {
  readonly PK: string
  readonly SK: string
  /** The entry's sort key in the queried index. */
  readonly sortKey: string
}

export interface MergedQuery {
  readonly index: 'GSI1' | 'GSI2'
  readonly partitions: readonly string[]
  readonly descending: boolean
  readonly limit: number
  /** The sort key after which the page starts. */
  readonly after?: string | undefined
}

/**
 * One sorted page of a list that is sharded over several partitions of an index, so that no partition takes all writes:
 * queries a page of each partition and merges them. Sort keys must be unique over the partitions. An item that has just
 * moved may still be found in its old place as well, since an index is updated later: one entry of it remains.
 */
export async function mergedQuery(table: Table, query: MergedQuery): Promise<IndexEntry[]> {
  const pages = await Promise.all(query.partitions.map((partition) => queryPartition(table, query, partition)))
  const direction = query.descending ? -1 : 1
  const entries = new Map(pages.flat().map((entry) => [`${entry.PK} ${entry.SK}`, entry]))
  return [...entries.values()]
    .toSorted((a, b) => direction * (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0))
    .slice(0, query.limit)
}

async function queryPartition(
  table: Table,
  { index, descending, limit, after }: MergedQuery,
  partition: string,
): Promise<IndexEntry[]> {
  const comparison = descending ? '<' : '>'
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: index,
      KeyConditionExpression: after === undefined ? '#pk = :pk' : `#pk = :pk AND #sk ${comparison} :after`,
      ExpressionAttributeNames: { '#pk': `${index}PK`, ...(after === undefined ? {} : { '#sk': `${index}SK` }) },
      ExpressionAttributeValues: { ':pk': partition, ...(after === undefined ? {} : { ':after': after }) },
      ScanIndexForward: !descending,
      Limit: limit,
    }),
  )
  return Items.map((item) => ({ PK: item['PK'], SK: item['SK'], sortKey: item[`${index}SK`] }))
}
