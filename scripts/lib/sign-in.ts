import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  NotAuthorizedException,
  ResourceNotFoundException,
  SignUpCommand,
  UserNotConfirmedException,
  type AuthenticationResultType,
} from '@aws-sdk/client-cognito-identity-provider'
import { unless } from './aws-errors.ts'
import { makeDataFolder } from './data-version.ts'
import type { Deployment } from './deployment.ts'
import { CommandError } from './errors.ts'

export interface SignIn {
  readonly email: string
  readonly name?: string | undefined
  readonly group?: string | undefined
  /** @default derived from a secret in the data folder, so that the next call derives the same one */
  readonly password?: string | undefined
  /** Whether a new user is created by an administrator instead of the sign-up, so that no reaction follows. @default false */
  readonly isCreatedByAdministrator?: boolean
}

/**
 * Signs a user in. A user that does not exist is signed up first, with SignUp and a confirmation, so that the trigger runs
 * as for any customer.
 * @returns an access token
 * @throws CommandError when the user exists with a different password; locally, one that is passed replaces it
 */
export const signIn = async (deployment: Deployment, request: SignIn): Promise<string> =>
  (await signInForTokens(deployment, request)).AccessToken!

/** The same, with the tokens that a page keeps. */
export async function signInForTokens(deployment: Deployment, request: SignIn): Promise<AuthenticationResultType> {
  const client = new CognitoIdentityProviderClient(deployment.clientConfiguration)
  const password = request.password ?? derivedPassword(deployment, request.email)
  const call = { client, deployment, request, password }
  try {
    await (request.isCreatedByAdministrator ? createUser(call) : signUp(call))
    if (request.group) await joinGroup(call, request.group)
    return await authenticate(call)
  } finally {
    client.destroy()
  }
}

interface Call {
  readonly client: CognitoIdentityProviderClient
  readonly deployment: Deployment
  readonly request: SignIn
  readonly password: string
}

const userOf = ({ deployment, request }: Call) => ({ UserPoolId: deployment.userPoolId, Username: request.email })

async function signUp(call: Call): Promise<void> {
  const { client, deployment, request, password: Password } = call
  const UserAttributes = [
    { Name: 'email', Value: request.email },
    ...(request.name ? [{ Name: 'name', Value: request.name }] : []),
  ]
  const user = { ClientId: deployment.userPoolClientId, Username: request.email, Password, UserAttributes }
  const created = await unlessExists(client.send(new SignUpCommand(user)))
  if (created) await confirm(call)
}

/** Also sets the password of an existing user, which an interrupted call may have left without one. */
async function createUser(call: Call): Promise<void> {
  const UserAttributes = [
    { Name: 'email', Value: call.request.email },
    { Name: 'email_verified', Value: 'true' },
  ]
  const user = { ...userOf(call), UserAttributes, MessageAction: 'SUPPRESS' as const }
  await unlessExists(call.client.send(new AdminCreateUserCommand(user)))
  await replacePassword(call)
}

/** @returns undefined when the user exists already */
const unlessExists = <Created>(creation: Promise<Created>) => unless('UsernameExistsException', creation)

const confirm = (call: Call) => call.client.send(new AdminConfirmSignUpCommand(userOf(call)))

const replacePassword = (call: Call) =>
  call.client.send(new AdminSetUserPasswordCommand({ ...userOf(call), Password: call.password, Permanent: true }))

async function joinGroup(call: Call, group: string): Promise<void> {
  try {
    await call.client.send(new AdminAddUserToGroupCommand({ ...userOf(call), GroupName: group }))
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw new CommandError(`The user pool has no group ${group}.`)
    throw error
  }
}

async function authenticate(call: Call): Promise<AuthenticationResultType> {
  try {
    return await initiate(call)
  } catch (error) {
    if (error instanceof UserNotConfirmedException) await confirm(call)
    else if (error instanceof NotAuthorizedException) await setPassword(call)
    else throw error
    return initiate(call)
  }
}

async function initiate({ client, deployment, request, password }: Call): Promise<AuthenticationResultType> {
  const { AuthenticationResult } = await client.send(
    new InitiateAuthCommand({
      ClientId: deployment.userPoolClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: request.email, PASSWORD: password },
    }),
  )
  if (!AuthenticationResult?.AccessToken)
    throw new CommandError(`${request.email} must complete a sign-in challenge first.`)
  return AuthenticationResult
}

/**
 * The user has a different password, with which they sign in on the pages. Locally it is replaced when a new one is passed;
 * on AWS it may be a real user's.
 */
async function setPassword(call: Call): Promise<void> {
  const { email, password } = call.request
  if (password === undefined) throw new CommandError(`${email} has a different password: pass it with --password.`)
  if (!call.deployment.awsEndpoint)
    throw new CommandError(`${email} has a different password: the one of --password is wrong.`)
  await replacePassword(call)
  console.error(`${email} had a different password, which was replaced.`)
}

const derivedPassword = ({ memoryDirectory, userPoolId }: Deployment, email: string): string =>
  `Aa1!${createHmac('sha256', passwordSecret(memoryDirectory)).update(`${userPoolId}/${email}`).digest('base64url').slice(0, 24)}`

function passwordSecret(directory: string): string {
  const file = join(directory, 'token-secret')
  makeDataFolder(directory)
  try {
    writeFileSync(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8')
}
