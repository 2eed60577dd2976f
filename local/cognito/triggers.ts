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

type TriggerSource =
  | 'PreSignUp_SignUp'
  | 'PreSignUp_AdminCreateUser'
  | 'PostConfirmation_ConfirmSignUp'
  | 'PostConfirmation_ConfirmForgotPassword'

/** Cognito calls a trigger up to three times, with a timeout of five seconds. */
const timeoutMs = 5_000
const attempts = 3

export interface TriggerRequest {
  readonly source: TriggerSource
  readonly clientId?: string
  readonly clientMetadata?: Record<string, string>
  readonly validationData?: Record<string, string>
}

/** Calls the functions in a pool's LambdaConfig. */
export class Triggers {
  readonly #clock: Clock
  readonly #invoke: Invoke

  constructor(clock: Clock, invoke: Invoke) {
    this.#clock = clock
    this.#invoke = invoke
  }

  /** @returns the function's decision. @throws AwsError UserLambdaValidationException, UnexpectedLambdaException, InvalidLambdaResponseException */
  async preSignUp(
    pool: Pool,
    user: User,
    request: TriggerRequest,
  ): Promise<{ confirm: boolean; verifyEmail: boolean }> {
    const event = {
      ...eventOf(pool, user, request),
      response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    }
    const result = pool.triggers.preSignUp ? await this.#call('PreSignUp', pool, pool.triggers.preSignUp, event) : event
    const response = (result['response'] ?? {}) as { autoConfirmUser?: unknown; autoVerifyEmail?: unknown }
    return { confirm: response.autoConfirmUser === true, verifyEmail: response.autoVerifyEmail === true }
  }

  /** The user is confirmed before this is called and remains confirmed when it throws, as on AWS. */
  async postConfirmation(pool: Pool, user: User, request: TriggerRequest): Promise<void> {
    if (!pool.triggers.postConfirmation) return
    const event = { ...eventOf(pool, user, request), response: {} }
    await this.#call('PostConfirmation', pool, pool.triggers.postConfirmation, event)
  }

  async #call(trigger: string, pool: Pool, functionArn: string, event: object): Promise<Record<string, unknown>> {
    const caller: Principal = { kind: 'service', service: 'cognito-idp.amazonaws.com', sourceArn: pool.arn }
    let failure = 'timeout'
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const result = await this.#withTimeout(this.#invoke(functionArn, event, caller))
      if (result instanceof AwsError) failure = result.name
      else if (result !== 'timeout') return responseOf(trigger, result)
      if (failure === 'AccessDeniedException') break
    }
    const reason = failure === 'timeout' ? 'invocation timed out' : `invocation failed due to error ${failure}`
    throw new AwsError('UnexpectedLambdaException', `${trigger} ${reason}.`)
  }

  #withTimeout<T>(work: Promise<T>): Promise<T | 'timeout' | AwsError> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.schedule(timeoutMs, () => resolve('timeout'))
      const onError = (error: unknown) => (error instanceof AwsError ? resolve(error) : reject(error))
      work.then(resolve, onError).finally(cancel)
    })
  }
}

function responseOf(
  trigger: string,
  result: { payload: unknown; functionError?: string | undefined },
): Record<string, unknown> {
  if (result.functionError !== undefined) {
    const message = (result.payload as { errorMessage?: unknown } | null)?.errorMessage
    throw new AwsError('UserLambdaValidationException', `${trigger} failed with error ${String(message)}.`)
  }
  if (typeof result.payload !== 'object' || result.payload === null) {
    throw new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output')
  }
  return result.payload as Record<string, unknown>
}

/** Source: "Customizing user pool workflows with Lambda triggers" in the Cognito developer guide. */
function eventOf(pool: Pool, user: User, request: TriggerRequest) {
  const confirmation = request.source.startsWith('PostConfirmation')
  return {
    version: '1',
    region,
    userPoolId: pool.poolId,
    userName: user.username,
    callerContext: {
      awsSdkVersion: 'aws-sdk-unknown-unknown',
      clientId: request.clientId ?? 'CLIENT_ID_NOT_APPLICABLE',
    },
    triggerSource: request.source,
    request: {
      userAttributes: confirmation ? { ...user.attributes, 'cognito:user_status': user.status } : withoutSub(user),
      ...(confirmation ? {} : { validationData: request.validationData ?? null }),
      ...(request.clientMetadata ? { clientMetadata: request.clientMetadata } : {}),
    },
  }
}

/** Before the user is stored there is no sub yet. */
function withoutSub(user: User): Record<string, string> {
  const { sub: _, ...attributes } = user.attributes
  return attributes
}
