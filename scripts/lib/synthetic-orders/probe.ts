import { randomBytes } from 'node:crypto'
import {
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider'
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { createDocumentClient } from '#shared/dynamodb/table.ts'
import { euros } from '#shared/money.ts'
import { productKey } from '#services/catalog/keys.ts'
import { newProduct } from '#services/catalog/domain/product.ts'
import type { Deployment } from '../deployment.ts'
import { signIn } from '../sign-in.ts'

/** SES's mailbox simulator takes the probe's mails, so that they reach nobody and harm no reputation. */
export const probeEmail = 'success+probe@simulator.amazonses.com'

/** Everything that a probe's order carries says that it is one. */
export const probeName = 'Synthetic order'

const details = {
  sku: 'SYNTHETIC-ORDER-PROBE',
  name: probeName,
  description: 'Nobody can buy this: it has no stock, and its orders prove that orders can be placed.',
  category: 'coffee' as const,
  tags: [],
  // As little as a price may be, so that revenue stays true to the cent for each probe.
  price: euros(1),
}

export const probeProduct = newProduct(details, new Date(0))

/**
 * Puts the probe's product into the table without the keys of any list, and without stock: whoever knows its name can
 * order it, the order is rejected, and no shelf is touched. What is there already stays.
 * @returns whether it was put there now
 */
export async function ensureProbeProduct(deployment: Deployment): Promise<boolean> {
  const client = new DynamoDBClient(deployment.clientConfiguration)
  try {
    await createDocumentClient(client).send(
      new PutCommand({
        TableName: deployment.tableName,
        Item: { ...productKey(details.sku), ...probeProduct },
        ConditionExpression: 'attribute_not_exists(PK)',
      }),
    )
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  } finally {
    client.destroy()
  }
}

/**
 * Signs the probe's customer in, with a password of this run alone: it belongs to no person, and no machine has to keep
 * a secret for it. A second run at the same time goes on with its own token.
 * @returns an access token, good for an hour
 */
export async function signProbeIn(deployment: Deployment): Promise<string> {
  const password = `Aa1!${randomBytes(24).toString('base64url')}`
  const client = new CognitoIdentityProviderClient(deployment.clientConfiguration)
  try {
    const { userPoolId: UserPoolId } = deployment
    await client.send(
      new AdminSetUserPasswordCommand({ UserPoolId, Username: probeEmail, Password: password, Permanent: true }),
    )
  } catch (error) {
    if (!(error instanceof UserNotFoundException)) throw error
  } finally {
    client.destroy()
  }
  return signIn(deployment, { email: probeEmail, name: probeName, password })
}
