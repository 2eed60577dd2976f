import { region } from '../assembly/provider.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Invoke } from '../lambda/service.ts'
import type { User } from './directory.ts'
import type { Client, Pool } from './pool.ts'

/**
 * Calls the pool's trigger, if it has one. The user is confirmed before and remains confirmed when it throws, as on AWS.
 * @param client undefined for an administrator
 * @throws AwsError UserLambdaValidationException, UnexpectedLambdaException, InvalidLambdaResponseException
 */
export type PostConfirmation = (
  pool: Pool,
  user: User,
  source: 'ConfirmSignUp' | 'ConfirmForgotPassword',
  clientMetadata: Record<string, string> | undefined,
  client?: Client,
) => Promise<void>

export const createPostConfirmation =
  (invoke: Invoke): PostConfirmation =>
  async (pool, user, source, clientMetadata, client) => {
    if (pool.postConfirmation === undefined) return
    const caller: Principal = { kind: 'service', service: 'cognito-idp.amazonaws.com', sourceArn: pool.arn }
    // Source: "Customizing user pool workflows with Lambda triggers" in the Cognito developer guide.
    const event = {
      version: '1',
      region,
      userPoolId: pool.poolId,
      userName: user.username,
      callerContext: {
        awsSdkVersion: 'aws-sdk-unknown-unknown',
        clientId: client?.clientId ?? 'CLIENT_ID_NOT_APPLICABLE',
      },
      triggerSource: `PostConfirmation_${source}`,
      request: {
        userAttributes: { ...user.attributes, 'cognito:user_status': user.status },
        ...(clientMetadata ? { clientMetadata } : {}),
      },
      response: {},
    }
    const { payload, functionError } = await invoke(pool.postConfirmation, event, caller).catch((error: unknown) => {
      if (!(error instanceof AwsError)) throw error
      const message = `PostConfirmation invocation failed due to error ${error.name}.`
      throw new AwsError('UnexpectedLambdaException', message)
    })
    if (functionError !== undefined) {
      const message = (payload as { errorMessage?: unknown } | null)?.errorMessage
      throw new AwsError('UserLambdaValidationException', `PostConfirmation failed with error ${String(message)}.`)
    }
    // A handler that does not return the event.
    if (typeof payload !== 'object' || payload === null)
      throw new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output')
  }
