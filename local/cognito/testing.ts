import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider'
import type { AccessControl, Principal } from '../iam/types.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
import type { Mail } from './codes.ts'
import { CognitoService } from './service.ts'
import type { Invoke } from '../lambda/service.ts'

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
  const endpoint = new TestEndpoint({ stateFile: options.stateFile, access: options.access, authenticate })
  const { state, clock, server } = endpoint
  const mails: Mail[] = []
  const calls: TriggerCall[] = []
  const service = new CognitoService({
    state,
    clock,
    endpoint: endpoint.url,
    sendMail: (mail) => mails.push(mail),
    invoke: (arn, event, caller) => {
      calls.push({ functionArn: arn, event, caller })
      return (options.invoke ?? (async () => ({ payload: event })))(arn, event, caller)
    },
  })
  server.addJsonService(service.wire)
  server.addPages(service.wellKnown)
  await endpoint.listen()
  const create = async (type: string, logicalId: string, properties: object) =>
    declare(service.providers, `AWS::Cognito::${type}`, logicalId, properties, 'Library')
  const pool = await create('UserPool', 'Members', {
    UserPoolName: 'members',
    UsernameAttributes: ['email'],
    AutoVerifiedAttributes: ['email'],
    ...options.pool,
  })
  const client = await create('UserPoolClient', 'App', {
    UserPoolId: pool.ref,
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    ...options.client,
  })
  const sdk = endpoint.client(CognitoIdentityProvider)
  const [UserPoolId, ClientId] = [pool.ref, client.ref]
  const AuthParameters = { USERNAME: Username, PASSWORD: Password }
  return {
    sdk, clock, mails, calls, UserPoolId, ClientId,
    endpoint: endpoint.url(),
    stop: () => endpoint.stop(),
    declare: create,
    attributes: pool.attributes!,
    /** Anna in the input of an administrative operation. */
    user: { UserPoolId, Username },
    signUp: (more: object = {}) => sdk.signUp({ ClientId, Username, Password, ...more }),
    signIn: (more: object = {}) =>
      sdk.initiateAuth({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { ...AuthParameters, ...more } }),
    codeIn: (mail: Mail | undefined) => /\b\d{6}\b/.exec(mail?.text ?? '')![0],
  } // oxfmt-ignore
}

/** Like {@link startCognito}, with Anna, who has verified her address. */
export async function startWithAnna(options: Parameters<typeof startCognito>[0] = {}) {
  const cognito = await startCognito(options)
  await cognito.signUp()
  const ConfirmationCode = cognito.codeIn(cognito.mails[0])
  await cognito.sdk.confirmSignUp({ ClientId: cognito.ClientId, Username, ConfirmationCode })
  return cognito
}

export type Cognito = Awaited<ReturnType<typeof startCognito>>

/** Anna's sign-in. */
export const Username = 'anna@library.example'
export const Password = 'Correct-horse-7'
