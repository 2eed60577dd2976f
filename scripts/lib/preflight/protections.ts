import { DescribeUserPoolCommand, type CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { all, ask, type Known } from '../aws-errors.ts'
import type { DeployedResource } from './stacks.ts'
import { ok, warning, unchecked, type Verdict } from './verdict.ts'

/** A resource with data that cannot be recreated, and whether it has deletion protection. */
interface DataResource {
  readonly name: string
  readonly isProtected: boolean
  /** How to enable the protection. */
  readonly command: string
}

const table = 'AWS::DynamoDB::GlobalTable'
const pool = 'AWS::Cognito::UserPool'

export async function readDataResources(
  resources: readonly DeployedResource[],
  dynamoDb: DynamoDBClient,
  cognito: CognitoIdentityProviderClient,
): Promise<Known<DataResource[]>> {
  const idsOf = (type: string) =>
    resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId)
  return all(
    await Promise.all([
      ...idsOf(table).map((name) => ask('dynamodb:DescribeTable', () => readTable(dynamoDb, name))),
      ...idsOf(pool).map((id) => ask('cognito-idp:DescribeUserPool', () => readPool(cognito, id))),
    ]),
  )
}

async function readTable(client: DynamoDBClient, name: string): Promise<DataResource> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
  const command = `aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`
  return { name: `table ${name}`, isProtected: Table?.DeletionProtectionEnabled === true, command }
}

async function readPool(client: CognitoIdentityProviderClient, id: string): Promise<DataResource> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: id }))
  return {
    name: `user pool ${id}`,
    isProtected: UserPool?.DeletionProtection === 'ACTIVE',
    command: `Cognito console: User pools > ${id} > Settings > Deletion protection > Activate`,
  }
}

/** @param wanted whether the stage record enables deletion protection */
export function checkProtections(resources: Known<readonly DataResource[]>, wanted: boolean): Verdict {
  if (!resources.known) return unchecked('protections', resources)
  if (resources.value.length === 0)
    return ok('protections', `no data yet; deletion protection will be ${wanted ? 'on' : 'off'}`)
  const open = resources.value.find(({ isProtected }) => !isProtected)
  if (wanted && open)
    return warning(
      'protections',
      `${open.name} has no deletion protection; the stage record enables it, but a deployment does not restore it`,
      open.command,
    )
  const isOn = resources.value.filter(({ isProtected }) => isProtected).map(({ name }) => name)
  return ok(
    'protections',
    isOn.length === 0 ? 'none, as the stage is configured' : `deletion protection is on for ${isOn.join(', ')}`,
  )
}
