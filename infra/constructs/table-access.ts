import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { TableGrant } from '../grants.ts'

/**
 * The statement that allows a grant. `ForAllValues` is true for a request without any key, so the condition requires the
 * key to be present as well; that DynamoDB sends it with every operation of a `TableAction`, the items of transactions
 * included, is documented but not confirmed against a real account.
 */
export function tableStatement(table: ITableV2, grant: TableGrant): PolicyStatement {
  return new PolicyStatement({
    actions: grant.actions.map((action) => `dynamodb:${action}`),
    resources: [grant.index ? `${table.tableArn}/index/${grant.index}` : table.tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': grant.prefixes.map((prefix) => `${prefix}*`) },
      ...(grant.attributes ? attributeConditions(grant.attributes) : {}),
      Null: {
        'dynamodb:LeadingKeys': 'false',
        ...(grant.attributes ? { 'dynamodb:Attributes': 'false' } : {}),
      },
    },
  })
}

/** Naming attributes is not enough: a request must not get the others returned. */
const attributeConditions = (attributes: readonly string[]) => ({
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
  StringEqualsIfExists: {
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
    'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'],
  },
})
