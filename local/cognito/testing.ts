import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { ManualClock } from '../clock.ts'
import { allowAll, type AccessControl, type Principal } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { WireServer } from '../wire/server.ts'
import type { Mail } from './codes.ts'
import { CognitoService } from './service.ts'
import type { Invoke } from './triggers.ts'

export interface TriggerCall {
  readonly functionArn: string
  readonly event: any
  readonly caller: Principal
}

export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

/** Signed requests come from a role, unsigned ones are anonymous: unauthenticated operations must accept both. */
const authenticate = (request: { headers: Readonly<Record<string, string>> }): Principal =>
  request.headers['authorization']
    ? { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/desk' }
    : { kind: 'anonymous' }

/** Starts the service behind an HTTP endpoint with one pool and one client, and an SDK client for it. */
export async function startCognito(
  options: {
    stateFile?: string
    access?: AccessControl
    pool?: object
    client?: object
    invoke?: Invoke
  } = {},
) {
  const state = new State(options.stateFile ?? ':memory:')
  const clock = new ManualClock()
  const server = new WireServer({ access: options.access ?? allowAll, authenticate })
  const mails: Mail[] = []
  const calls: TriggerCall[] = []
  const service = new CognitoService({
    state,
    clock,
    endpoint: () => server.endpoint,
    sendMail: (mail) => mails.push(mail),
    invoke: (arn, event, caller) => {
      calls.push({ functionArn: arn, event, caller })
      return (options.invoke ?? (async () => ({ payload: event })))(arn, event, caller)
    },
  })
  server.addJsonService(service.wire)
  server.addPages(service.wellKnown)
  const endpoint = await server.listen(0)
  const declare = (type: string, logicalId: string, properties: object) =>
    service.providers
      .find((provider) => provider.type === `AWS::Cognito::${type}`)!
      .create({
        stackName: 'Library',
        logicalId,
        type: `AWS::Cognito::${type}`,
        properties,
        generatedName: `Library-${logicalId}`,
      })
  const pool = await declare('UserPool', 'Members', {
    UserPoolName: 'members',
    UsernameAttributes: ['email'],
    AutoVerifiedAttributes: ['email'],
    ...options.pool,
  })
  const client = await declare('UserPoolClient', 'App', {
    UserPoolId: pool.ref,
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    ...options.client,
  })
  const sdk = new CognitoIdentityProviderClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const stop = async () => {
    sdk.destroy()
    await server.close()
    state.close()
  }
  return {
    sdk, clock, endpoint, mails, calls, stop, declare,
    UserPoolId: pool.ref,
    ClientId: client.ref,
    attributes: pool.attributes!,
    codeIn: (mail: Mail | undefined) => /\b\d{6}\b/.exec(mail?.text ?? '')![0],
  } // prettier-ignore
}

export type Cognito = Awaited<ReturnType<typeof startCognito>>

export const Password = 'Correct-horse-7'
