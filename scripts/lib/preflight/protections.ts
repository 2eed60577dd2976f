import { DescribeUserPoolCommand, type CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { all, ask, type Known } from './known.ts'
import type { DeployedResource } from './stacks.ts'
import { good, mind, unchecked, type Verdict } from './verdict.ts'

/** What holds data that cannot be made again, and whether it refuses to be deleted. */
export interface Keeper {
  readonly name: string
  readonly isProtected: boolean
  /** Switches the protection on. */
  readonly command: string
}

const table = 'AWS::DynamoDB::GlobalTable'
const pool = 'AWS::Cognito::UserPool'

export async function readKeepers(
  resources: readonly DeployedResource[],
  dynamoDb: DynamoDBClient,
  cognito: CognitoIdentityProviderClient,
): Promise<Known<Keeper[]>> {
  const idsOf = (type: string) =>
    resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId)
  return all(
    await Promise.all([
      ...idsOf(table).map((name) => ask('dynamodb:DescribeTable', () => readTable(dynamoDb, name))),
      ...idsOf(pool).map((id) => ask('cognito-idp:DescribeUserPool', () => readPool(cognito, id))),
    ]),
  )
}

async function readTable(client: DynamoDBClient, name: string): Promise<Keeper> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
  const command = `aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`
  return { name: `table ${name}`, isProtected: Table?.DeletionProtectionEnabled === true, command }
}

async function readPool(client: CognitoIdentityProviderClient, id: string): Promise<Keeper> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: id }))
  return {
    name: `user pool ${id}`,
    isProtected: UserPool?.DeletionProtection === 'ACTIVE',
    command: `Cognito console: User pools > ${id} > Settings > Deletion protection > Activate`,
  }
}

/** @param wanted whether the stage's record protects what it makes */
export function checkProtections(keepers: Known<readonly Keeper[]>, wanted: boolean): Verdict {
  if (!keepers.known) return unchecked('protections', keepers)
  if (keepers.value.length === 0)
    return good('protections', `nothing holds data yet; it will be ${wanted ? '' : 'un'}protected against deletion`)
  const open = keepers.value.find(({ isProtected }) => !isProtected)
  if (wanted && open)
    return mind(
      'protections',
      `${open.name} can be deleted; the stage's record wants it protected, and a deployment does not mend that`,
      open.command,
    )
  const kept = keepers.value.filter(({ isProtected }) => isProtected).map(({ name }) => name)
  return good('protections', kept.length === 0 ? 'none, as the record says' : `${kept.join(', ')}: deletion is refused`)
}
