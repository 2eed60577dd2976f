import type { CreatedResource, ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Engine } from './engine.ts'
import { schemaOf, streamArnOf, tableArn, type TableDefinition, type TableSchema } from './schema.ts'

const sharedProperties = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'BillingMode',
  'StreamSpecification',
  'TimeToLiveSpecification',
]

const sharedIgnored = {
  SSESpecification: 'the state file is not encrypted',
  WarmThroughput: 'capacity is not limited',
}

/** AWS::DynamoDB::GlobalTable (of one region) and AWS::DynamoDB::Table. */
export const tableProviders = (engine: Engine): ResourceProvider[] => [
  {
    type: 'AWS::DynamoDB::GlobalTable',
    supported: [...sharedProperties, 'Replicas'],
    ignored: {
      ...sharedIgnored,
      WriteProvisionedThroughputSettings: 'capacity is not limited',
      WriteOnDemandThroughputSettings: 'capacity is not limited',
    },
    create(resource) {
      const replicas: { DeletionProtectionEnabled?: boolean }[] = resource.properties['Replicas'] ?? []
      if (replicas.length !== 1) {
        throw new Error(
          `${resource.logicalId}: a table with ${replicas.length} replicas is not emulated, only one replica.`,
        )
      }
      return putTable(engine, resource, replicas[0]!.DeletionProtectionEnabled ?? false)
    },
  },
  {
    type: 'AWS::DynamoDB::Table',
    supported: [...sharedProperties, 'DeletionProtectionEnabled'],
    ignored: {
      ...sharedIgnored,
      PointInTimeRecoverySpecification: 'there are no backups; copy the state folder',
      ProvisionedThroughput: 'capacity is not limited',
      OnDemandThroughput: 'capacity is not limited',
      ContributorInsightsSpecification: 'there are no contributor insights',
      TableClass: 'storage has one class',
    },
    create: (resource) => putTable(engine, resource, resource.properties['DeletionProtectionEnabled'] ?? false),
  },
]

function putTable(engine: Engine, resource: ResourceDeclaration, deletionProtection: boolean): CreatedResource {
  const schema = declaredSchema(resource, deletionProtection)
  const existing = engine.tables.find(schema.name)
  const table = existing ? engine.tables.change(existing, schema) : engine.tables.create(schema)
  const streamArn = streamArnOf(table)
  return {
    ref: table.name,
    attributes: {
      Arn: tableArn(table.name),
      TableId: table.tableId,
      ...(streamArn !== undefined && { StreamArn: streamArn }),
    },
  }
}

/** @throws Error that names the resource when AWS would reject the declaration */
function declaredSchema(resource: ResourceDeclaration, deletionProtection: boolean): TableSchema {
  const { properties, logicalId } = resource
  if (!Array.isArray(properties['KeySchema']) || !Array.isArray(properties['AttributeDefinitions'])) {
    throw new Error(`${logicalId}: a table needs KeySchema and AttributeDefinitions.`)
  }
  const timeToLive: { Enabled?: boolean; AttributeName?: string } = properties['TimeToLiveSpecification'] ?? {}
  try {
    return schemaOf(
      {
        ...(properties as TableDefinition),
        TableName: properties['TableName'] ?? resource.generatedName,
        DeletionProtectionEnabled: deletionProtection,
      },
      {
        streamViewType: properties['StreamSpecification']?.StreamViewType,
        timeToLiveAttribute: timeToLive.Enabled ? timeToLive.AttributeName : undefined,
      },
    )
  } catch (error) {
    throw error instanceof AwsError ? new Error(`${logicalId}: ${error.message}`, { cause: error }) : error
  }
}
