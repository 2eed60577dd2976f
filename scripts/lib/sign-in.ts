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
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider'
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
 * @throws CommandError when the user exists with a different password (on AWS only; locally it is replaced)
 */
export async function signIn(deployment: Deployment, request: SignIn): Promise<string> {
  const client = new CognitoIdentityProviderClient(deployment.clientConfiguration)
  try {
    const password = request.password ?? derivedPassword(deployment, request.email)
    await (request.isCreatedByAdministrator ? createUser : signUp)(client, deployment, request, password)
    if (request.group) await joinGroup(client, deployment, request.email, request.group)
    return await authenticate(client, deployment, request, password)
  } finally {
    client.destroy()
  }
}

async function signUp(
  client: CognitoIdentityProviderClient,
  deployment: Deployment,
  request: SignIn,
  password: string,
): Promise<void> {
  const attributes = [
    { Name: 'email', Value: request.email },
    ...(request.name ? [{ Name: 'name', Value: request.name }] : []),
  ]
  try {
    await client.send(
      new SignUpCommand({
        ClientId: deployment.userPoolClientId,
        Username: request.email,
        Password: password,
        UserAttributes: attributes,
      }),
    )
    await confirm(client, deployment, request.email)
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error
  }
}

/** Also sets the password of an existing user, which an interrupted call may have left without one. */
async function createUser(
  client: CognitoIdentityProviderClient,
  { userPoolId: UserPoolId }: Deployment,
  { email }: SignIn,
  password: string,
): Promise<void> {
  const UserAttributes = [
    { Name: 'email', Value: email },
    { Name: 'email_verified', Value: 'true' },
  ]
  try {
    await client.send(
      new AdminCreateUserCommand({ UserPoolId, Username: email, UserAttributes, MessageAction: 'SUPPRESS' }),
    )
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error
  }
  await client.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password: password, Permanent: true }),
  )
}

const confirm = (client: CognitoIdentityProviderClient, deployment: Deployment, email: string) =>
  client.send(new AdminConfirmSignUpCommand({ UserPoolId: deployment.userPoolId, Username: email }))

async function joinGroup(
  client: CognitoIdentityProviderClient,
  deployment: Deployment,
  email: string,
  group: string,
): Promise<void> {
  const membership = { UserPoolId: deployment.userPoolId, Username: email, GroupName: group }
  try {
    await client.send(new AdminAddUserToGroupCommand(membership))
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw new CommandError(`The user pool has no group ${group}.`)
    throw error
  }
}

async function authenticate(
  client: CognitoIdentityProviderClient,
  deployment: Deployment,
  request: SignIn,
  password: string,
): Promise<string> {
  const initiate = async () => {
    const { AuthenticationResult } = await client.send(
      new InitiateAuthCommand({
        ClientId: deployment.userPoolClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: request.email, PASSWORD: password },
      }),
    )
    if (!AuthenticationResult?.AccessToken)
      throw new CommandError(`${request.email} must complete a sign-in challenge first.`)
    return AuthenticationResult.AccessToken
  }
  try {
    return await initiate()
  } catch (error) {
    if (error instanceof UserNotConfirmedException) await confirm(client, deployment, request.email)
    else if (error instanceof NotAuthorizedException) await setPassword(client, deployment, request, password)
    else throw error
    return initiate()
  }
}

/** The user has a different password. Locally it is replaced; on AWS it may be a real user's. */
async function setPassword(
  client: CognitoIdentityProviderClient,
  deployment: Deployment,
  request: SignIn,
  password: string,
): Promise<void> {
  if (!deployment.awsEndpoint) {
    const advice = request.password === undefined ? 'pass it with --password' : 'the one of --password is wrong'
    throw new CommandError(`${request.email} has a different password: ${advice}.`)
  }
  console.error(`${request.email} had a different password, which was replaced.`)
  await client.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: deployment.userPoolId,
      Username: request.email,
      Password: password,
      Permanent: true,
    }),
  )
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
