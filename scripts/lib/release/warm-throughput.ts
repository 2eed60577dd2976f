import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ask, type Known } from '../aws-errors.ts'
import { CommandError } from '../errors.ts'
import { findTable } from '../ops/restored-table.ts'
import { readResources } from '../preflight/stacks.ts'
import type { Template } from '../templates.ts'
import { tablesWithNewThroughput, type WarmThroughput } from './table-conflicts.ts'

/**
 * The warm throughput of those tables of a deployed stack whose template changes it, by their logical ids. The deployed
 * template does not know it: the table keeps what an earlier template asked for, and "DynamoDB will automatically adjust warm
 * throughput values as your usage increases" (DynamoDB developer guide, "Understanding DynamoDB warm throughput").
 * @throws CommandError when it cannot be read
 */
export async function readWarmThroughput(
  clients: { readonly cloudFormation: CloudFormationClient; readonly dynamoDb: DynamoDBClient },
  stack: string,
  { deployed, wanted }: { readonly deployed: Template; readonly wanted: Template },
): Promise<ReadonlyMap<string, WarmThroughput>> {
  const tables = tablesWithNewThroughput(deployed, wanted)
  if (tables.length === 0) return new Map()
  const resources = valueOf(stack, await readResources(clients.cloudFormation, [{ name: stack }]))
  const found = resources
    .filter(({ logicalId }) => tables.includes(logicalId))
    .map(async ({ logicalId, physicalId }) => {
      const table = await ask('dynamodb:DescribeTable', () => findTable(clients.dynamoDb, physicalId))
      return [logicalId, valueOf(stack, table)?.WarmThroughput as WarmThroughput | undefined] as const
    })
  return new Map((await Promise.all(found)).flatMap(([logicalId, warm]) => (warm ? [[logicalId, warm]] : [])))
}

function valueOf<T>(stack: string, known: Known<T>): T {
  if (known.known) return known.value
  throw new CommandError(`The tables of ${stack} cannot be read: ${known.why}. ${known.remedy}`)
}
