import { region } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { User } from './directory.ts'
import type { Pool } from './pool.ts'

export type Invoke = (
  functionArn: string,
  payload: unknown,
  caller: Principal,
) => Promise<{ payload: unknown; functionError?: string | undefined }>

interface TriggerRequest {
  readonly source: 'PostConfirmation_ConfirmSignUp' | 'PostConfirmation_ConfirmForgotPassword'
  readonly clientId?: string
  readonly clientMetadata?: Record<string, string>
}

/** Cognito calls a trigger up to three times, with a timeout of five seconds. */
const timeoutMs = 5_000
const attempts = 3

/**
 * Calls the pool's trigger, if it has one. The user is confirmed before and remains confirmed when it throws, as on AWS.
 * @throws AwsError UserLambdaValidationException, UnexpectedLambdaException, InvalidLambdaResponseException
 */
export type PostConfirmation = (pool: Pool, user: User, request: TriggerRequest) => Promise<void>

export const createPostConfirmation =
  (clock: Clock, invoke: Invoke): PostConfirmation =>
  async (pool, user, request) => {
    if (pool.postConfirmation === undefined) return
    const caller: Principal = { kind: 'service', service: 'cognito-idp.amazonaws.com', sourceArn: pool.arn }
    const event = eventOf(pool, user, request)
    let failure = ''
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const result = await withTimeout(clock, invoke(pool.postConfirmation, event, caller))
      if (result === 'timeout') failure = 'invocation timed out'
      else if (result instanceof AwsError) failure = `invocation failed due to error ${result.name}`
      else if (result.functionError === undefined) {
        // A handler that does not return the event.
        if (typeof result.payload === 'object' && result.payload !== null) return
        throw new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output')
      } else {
        const message = (result.payload as { errorMessage?: unknown } | null)?.errorMessage
        throw new AwsError('UserLambdaValidationException', `PostConfirmation failed with error ${String(message)}.`)
      }
      if (result instanceof AwsError && result.name === 'AccessDeniedException') break
    }
    throw new AwsError('UnexpectedLambdaException', `PostConfirmation ${failure}.`)
  }

const withTimeout = <T>(clock: Clock, work: Promise<T>) =>
  new Promise<T | 'timeout' | AwsError>((resolve, reject) => {
    const cancel = clock.schedule(timeoutMs, () => resolve('timeout'))
    const onError = (error: unknown) => (error instanceof AwsError ? resolve(error) : reject(error))
    work.then(resolve, onError).finally(cancel)
  })

/** Source: "Customizing user pool workflows with Lambda triggers" in the Cognito developer guide. */
const eventOf = (pool: Pool, user: User, { source, clientId, clientMetadata }: TriggerRequest) => ({
  version: '1',
  region,
  userPoolId: pool.poolId,
  userName: user.username,
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: clientId ?? 'CLIENT_ID_NOT_APPLICABLE' },
  triggerSource: source,
  request: {
    userAttributes: { ...user.attributes, 'cognito:user_status': user.status },
    ...(clientMetadata ? { clientMetadata } : {}),
  },
  response: {},
})
