import { randomBytes } from 'node:crypto'
import { AdminSetUserPasswordCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { createDocumentClient } from '#shared/dynamodb/table.ts'
import { euros } from '#shared/money.ts'
import { productKey } from '#services/catalog/keys.ts'
import { newProduct } from '#services/catalog/domain/product.ts'
import { unless } from '../aws-errors.ts'
import type { Deployment } from '../deployment.ts'
import { signIn } from '../sign-in.ts'

/** An address of SES's mailbox simulator: its emails reach no mailbox and do not affect the sender's reputation. */
export const probeEmail = 'success+probe@simulator.amazonses.com'

/** Marks the probe's orders for staff. */
export const probeName = 'Synthetic order'

const details = {
  sku: 'SYNTHETIC-ORDER-PROBE',
  name: probeName,
  description: 'Not for sale: it has no stock. Its orders check that orders can be placed.',
  category: 'coffee' as const,
  tags: [],
  // The lowest price, so that the revenue metric changes by a cent for each order.
  price: euros(1),
}

export const probeProduct = newProduct(details, new Date(0))

/**
 * Writes the probe's product into the table, without the index keys of lists and without stock: it can be ordered by its
 * SKU, and the order is rejected. An existing product stays unchanged.
 * @returns whether it was created
 */
export async function ensureProbeProduct(deployment: Deployment): Promise<boolean> {
  const client = new DynamoDBClient(deployment.clientConfiguration)
  try {
    const put = new PutCommand({
      TableName: deployment.tableName,
      Item: { ...productKey(details.sku), ...probeProduct },
      ConditionExpression: 'attribute_not_exists(PK)',
    })
    const created = await unless('ConditionalCheckFailedException', createDocumentClient(client).send(put))
    return created !== undefined
  } finally {
    client.destroy()
  }
}

/**
 * Signs the probe's customer in with a new password for each run, so that no machine stores a password. A
 * concurrent run continues with its own token.
 * @returns an access token, valid for an hour
 */
export async function signProbeIn(deployment: Deployment): Promise<string> {
  const password = `Aa1!${randomBytes(24).toString('base64url')}`
  const client = new CognitoIdentityProviderClient(deployment.clientConfiguration)
  try {
    const user = { UserPoolId: deployment.userPoolId, Username: probeEmail, Password: password, Permanent: true }
    await unless('UserNotFoundException', client.send(new AdminSetUserPasswordCommand(user)))
  } finally {
    client.destroy()
  }
  return signIn(deployment, { email: probeEmail, name: probeName, password })
}
