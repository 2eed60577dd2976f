import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { TableAction, TableGrant } from '../grants.ts'

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
      ...(grant.attributes ? attributeConditions(grant.attributes) : writesOnly(grant) ? nothingReturned : {}),
      Null: {
        'dynamodb:LeadingKeys': 'false',
        ...(grant.attributes ? { 'dynamodb:Attributes': 'false' } : {}),
      },
    },
  })
}

const reads: readonly TableAction[] = ['GetItem', 'BatchGetItem', 'Query']
const writesOnly = ({ actions }: TableGrant) => !actions.some((action) => reads.includes(action))

/**
 * A write that returned the old item would be a read that is not granted. IAM has a key for `ReturnValues` only: what
 * `ReturnValuesOnConditionCheckFailure` returns of an item with such a key cannot be denied (IAM condition keys of
 * DynamoDB, Service Authorization Reference).
 */
const nothingReturned = { StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' } }

/** Naming attributes is not enough: a request must not get the others returned. */
const attributeConditions = (attributes: readonly string[]) => ({
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
  StringEqualsIfExists: {
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
    'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'],
  },
})
