import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientConfiguration } from './client-configuration.ts'

/** Reads the current value of a secret. */
export type ReadSecret = () => Promise<string>

/** How long a value is used; an environment learns of a changed one within this time. */
const cacheMs = 5 * 60_000

/**
 * A secret of Secrets Manager, read when it is first needed and then every five minutes. A failed read is not remembered.
 * @param id the ARN or the name
 */
export function cachedSecret(
  id: string,
  {
    client = new SecretsManagerClient(clientConfiguration),
    now = Date.now,
  }: { client?: Pick<SecretsManagerClient, 'send'>; now?: () => number } = {},
): ReadSecret {
  let cached: { readonly value: Promise<string>; readonly untilMs: number } | undefined
  const read = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }))
    if (!SecretString) throw new Error(`The secret ${id} has no text.`)
    return SecretString
  }
  return async () => {
    if (!cached || cached.untilMs <= now()) cached = { value: read(), untilMs: now() + cacheMs }
    const { value } = cached
    try {
      return await value
    } catch (error) {
      if (cached.value === value) cached = undefined
      throw error
    }
  }
}
