import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  CreateGroupCommand,
  DeleteUserCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ForgotPasswordCommand,
  GetUserAttributeVerificationCodeCommand,
  GetUserCommand,
  InitiateAuthCommand,
  ListGroupsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { AccessRequest } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { functionArn, Password, startCognito, type Cognito } from './testing.ts'

let cognito: Cognito
afterEach(() => cognito.stop())

const Username = 'anna@library.example'
const user = () => ({ UserPoolId: cognito.UserPoolId, Username })

async function withAnna(options: Parameters<typeof startCognito>[0] = {}) {
  cognito = await startCognito(options)
  await cognito.sdk.send(new SignUpCommand({ ClientId: cognito.ClientId, Username, Password }))
  const ConfirmationCode = cognito.codeIn(cognito.mails[0])
  await cognito.sdk.send(new ConfirmSignUpCommand({ ClientId: cognito.ClientId, Username, ConfirmationCode }))
}

async function signIn(name = Username, PASSWORD = Password) {
  const AuthParameters = { USERNAME: name, PASSWORD }
  const command = new InitiateAuthCommand({
    ClientId: cognito.ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters,
  })
  return (await cognito.sdk.send(command)).AuthenticationResult!.AccessToken!
}

const attributesOf = async (name = Username) => {
  const found = await cognito.sdk.send(new AdminGetUserCommand({ UserPoolId: cognito.UserPoolId, Username: name }))
  return Object.fromEntries(found.UserAttributes!.map(({ Name, Value }) => [Name, Value]))
}

test('UpdateUserAttributes changes attributes, and a new address must be verified', async () => {
  await withAnna()
  const AccessToken = await signIn()
  const email = 'anna.k@library.example'
  await cognito.sdk.send(
    new UpdateUserAttributesCommand({
      AccessToken,
      UserAttributes: [
        { Name: 'name', Value: 'Anna' },
        { Name: 'email', Value: email },
      ],
    }),
  )
  expect(await attributesOf(email)).toMatchObject({ name: 'Anna', email, email_verified: 'false' })
  await expect(signIn()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await signIn(email)
  const verify = (Code: string) =>
    cognito.sdk.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName: 'email', Code }))
  await expect(verify('nonsense')).rejects.toMatchObject({ name: 'CodeMismatchException' })
  expect(cognito.mails[1]!.to).toBe(email)
  await verify(cognito.codeIn(cognito.mails[1]))
  expect(await attributesOf(email)).toMatchObject({ email_verified: 'true' })
})

describe('a pool that keeps the original address', () => {
  const keepsOriginal = {
    pool: { UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] } },
  }
  const email = 'anna.k@library.example'
  const update = async (attributes: Record<string, string>) => {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    return cognito.sdk.send(new UpdateUserAttributesCommand({ AccessToken: await signIn(), UserAttributes }))
  }
  const verify = async (Code: string) =>
    cognito.sdk.send(new VerifyUserAttributeCommand({ AccessToken: await signIn(), AttributeName: 'email', Code }))

  test('changes it when the new one is verified, other attributes at once', async () => {
    await withAnna(keepsOriginal)
    const { CodeDeliveryDetailsList } = await update({ name: 'Anna', email })
    expect(CodeDeliveryDetailsList).toMatchObject([{ AttributeName: 'email', Destination: 'a***@l***' }])
    expect(cognito.mails.at(-1)!.to).toBe(email)
    expect(await attributesOf()).toMatchObject({ name: 'Anna', email: Username, email_verified: 'true' })
    await expect(signIn(email)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
    await verify(cognito.codeIn(cognito.mails.at(-1)))
    expect(await attributesOf(email)).toMatchObject({ email, email_verified: 'true' })
    await signIn(email)
    await expect(signIn()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  })

  test('sends further codes to the pending address, and only the latest address can be verified', async () => {
    await withAnna(keepsOriginal)
    await update({ email: 'typo@library.example' })
    const code = cognito.codeIn(cognito.mails.at(-1))
    await update({ email })
    const AccessToken = await signIn()
    await cognito.sdk.send(new GetUserAttributeVerificationCodeCommand({ AccessToken, AttributeName: 'email' }))
    expect(cognito.mails.at(-1)!.to).toBe(email)
    const latest = cognito.codeIn(cognito.mails.at(-1))
    if (code !== latest) await expect(verify(code)).rejects.toMatchObject({ name: 'CodeMismatchException' })
    await verify(latest)
    expect(await attributesOf(email)).toMatchObject({ email })
  })

  test('forgets the pending address when the original is set again', async () => {
    await withAnna(keepsOriginal)
    await update({ email })
    const code = cognito.codeIn(cognito.mails.at(-1))
    await update({ email: Username })
    await expect(verify(code)).rejects.toMatchObject({ name: 'ExpiredCodeException' })
    expect(await attributesOf()).toMatchObject({ email: Username, email_verified: 'true' })
  })

  test('rejects a pending address with which another user signed up meanwhile', async () => {
    await withAnna(keepsOriginal)
    await update({ email })
    const code = cognito.codeIn(cognito.mails.at(-1))
    await cognito.sdk.send(new SignUpCommand({ ClientId: cognito.ClientId, Username: email, Password }))
    await expect(verify(code)).rejects.toMatchObject({ name: 'AliasExistsException' })
  })

  test('an administrator changes it at once by marking it as verified', async () => {
    await withAnna(keepsOriginal)
    const set = (more: { Name: string; Value: string }[]) =>
      cognito.sdk.send(
        new AdminUpdateUserAttributesCommand({ ...user(), UserAttributes: [{ Name: 'email', Value: email }, ...more] }),
      )
    await set([])
    expect(await attributesOf()).toMatchObject({ email: Username })
    await set([{ Name: 'email_verified', Value: 'true' }])
    expect(await attributesOf(email)).toMatchObject({ email })
  })
})

test('UpdateUserAttributes rejects an address that another user signs in with', async () => {
  await withAnna()
  await cognito.sdk.send(new SignUpCommand({ ClientId: cognito.ClientId, Username: 'bob@library.example', Password }))
  const UserAttributes = [{ Name: 'email', Value: 'bob@library.example' }]
  await expect(
    cognito.sdk.send(new UpdateUserAttributesCommand({ AccessToken: await signIn(), UserAttributes })),
  ).rejects.toMatchObject({ name: 'AliasExistsException' })
})

test('ChangePassword requires the previous password', async () => {
  await withAnna()
  const AccessToken = await signIn()
  const to = (PreviousPassword: string, ProposedPassword: string) =>
    cognito.sdk.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword }))
  await expect(to('Wrong-horse-7', 'Other-horse-8')).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(to(Password, 'weak')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  await to(Password, 'Other-horse-8')
  await expect(signIn()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await signIn(Username, 'Other-horse-8')
})

const forgot = (name = Username) =>
  cognito.sdk.send(new ForgotPasswordCommand({ ClientId: cognito.ClientId, Username: name }))
const confirm = (ConfirmationCode: string, to = 'Other-horse-8') =>
  cognito.sdk.send(
    new ConfirmForgotPasswordCommand({ ClientId: cognito.ClientId, Username, ConfirmationCode, Password: to }),
  )

describe('ForgotPassword', () => {
  test('sends a code that sets a new password once and calls the trigger', async () => {
    await withAnna({ pool: { LambdaConfig: { PostConfirmation: functionArn('welcome') } } })
    expect((await forgot()).CodeDeliveryDetails?.Destination).toBe('a***@l***')
    const code = cognito.codeIn(cognito.mails[1])
    await expect(confirm('nonsense')).rejects.toMatchObject({ name: 'CodeMismatchException' })
    await expect(confirm(code, 'weak')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
    await confirm(code)
    await signIn(Username, 'Other-horse-8')
    await expect(confirm(code)).rejects.toMatchObject({ name: 'ExpiredCodeException' })
    expect(cognito.calls.at(-1)!.event.triggerSource).toBe('PostConfirmation_ConfirmForgotPassword')
  })

  test('sends a code that expires after an hour', async () => {
    await withAnna()
    await forgot()
    await cognito.clock.advance(3_600_000)
    await expect(confirm(cognito.codeIn(cognito.mails[1]))).rejects.toMatchObject({ name: 'ExpiredCodeException' })
  })

  test('neither sends an email nor fails for an unknown user', async () => {
    await withAnna()
    expect((await forgot('bob@library.example')).CodeDeliveryDetails?.Destination).toBe('b***@l***')
    expect(cognito.mails).toHaveLength(1)
  })

  test('requires a verified address', async () => {
    cognito = await startCognito()
    await cognito.sdk.send(new SignUpCommand({ ClientId: cognito.ClientId, Username, Password }))
    await cognito.sdk.send(new AdminConfirmSignUpCommand(user()))
    await expect(forgot()).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  test('is rejected when only administrators may recover accounts', async () => {
    await withAnna({ pool: { AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] } } })
    await expect(forgot()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  })
})

test('a deleted user loses tokens and groups, and the name can be used again', async () => {
  await withAnna()
  const AccessToken = await signIn()
  await cognito.sdk.send(new CreateGroupCommand({ UserPoolId: cognito.UserPoolId, GroupName: 'staff' }))
  await cognito.sdk.send(new AdminAddUserToGroupCommand({ ...user(), GroupName: 'staff' }))
  await cognito.sdk.send(new DeleteUserCommand({ AccessToken }))
  await expect(cognito.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
    name: 'NotAuthorizedException',
  })
  await expect(cognito.sdk.send(new AdminGetUserCommand(user()))).rejects.toMatchObject({
    name: 'UserNotFoundException',
  })
  await cognito.sdk.send(new SignUpCommand({ ClientId: cognito.ClientId, Username, Password }))
  expect((await cognito.sdk.send(new AdminListGroupsForUserCommand(user()))).Groups).toEqual([])
  await cognito.sdk.send(new AdminDeleteUserCommand(user()))
  await expect(cognito.sdk.send(new AdminDeleteUserCommand(user()))).rejects.toMatchObject({
    name: 'UserNotFoundException',
  })
})

test('groups can be created, listed, joined and left', async () => {
  await withAnna()
  const create = () =>
    cognito.sdk.send(new CreateGroupCommand({ UserPoolId: cognito.UserPoolId, GroupName: 'staff', Precedence: 1 }))
  await create()
  await expect(create()).rejects.toMatchObject({ name: 'GroupExistsException' })
  expect((await cognito.sdk.send(new ListGroupsCommand({ UserPoolId: cognito.UserPoolId }))).Groups).toMatchObject([
    { GroupName: 'staff', Precedence: 1 },
  ])
  const groups = async () =>
    (await cognito.sdk.send(new AdminListGroupsForUserCommand(user()))).Groups!.map(({ GroupName }) => GroupName)
  await cognito.sdk.send(new AdminAddUserToGroupCommand({ ...user(), GroupName: 'staff' }))
  await cognito.sdk.send(new AdminAddUserToGroupCommand({ ...user(), GroupName: 'staff' }))
  expect(await groups()).toEqual(['staff'])
  await cognito.sdk.send(new AdminRemoveUserFromGroupCommand({ ...user(), GroupName: 'staff' }))
  expect(await groups()).toEqual([])
  await expect(
    cognito.sdk.send(new AdminAddUserToGroupCommand({ ...user(), GroupName: 'night' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('ListUsers returns pages and filters by address', async () => {
  cognito = await startCognito()
  for (const name of ['a', 'b', 'c']) {
    await cognito.sdk.send(
      new SignUpCommand({ ClientId: cognito.ClientId, Username: `${name}@library.example`, Password }),
    )
  }
  const list = (more: object) => cognito.sdk.send(new ListUsersCommand({ UserPoolId: cognito.UserPoolId, ...more }))
  const first = await list({ Limit: 2 })
  const rest = await list({ Limit: 2, PaginationToken: first.PaginationToken })
  expect([first.Users!.length, rest.Users!.length, rest.PaginationToken]).toEqual([2, 1, undefined])
  const emails = (await list({ Filter: 'email = "b@library.example"', AttributesToGet: ['email'] })).Users!.map(
    ({ Attributes }) => Attributes,
  )
  expect(emails).toEqual([[{ Name: 'email', Value: 'b@library.example' }]])
  expect((await list({ Filter: 'email ^= "c@"' })).Users).toHaveLength(1)
  expect((await list({ Filter: 'constructor ^= "f"' })).Users).toEqual([])
  await expect(list({ Filter: 'email > 3' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
})

test('AdminUpdateUserAttributes may change the verification flags', async () => {
  await withAnna()
  const UserAttributes = [
    { Name: 'email_verified', Value: 'false' },
    { Name: 'nickname', Value: 'A' },
  ]
  await cognito.sdk.send(new AdminUpdateUserAttributesCommand({ ...user(), UserAttributes }))
  expect(await attributesOf()).toMatchObject({ email_verified: 'false', nickname: 'A' })
})

test('pools and clients can be described', async () => {
  await withAnna()
  const { UserPoolId, ClientId } = cognito
  expect((await cognito.sdk.send(new ListUserPoolsCommand({ MaxResults: 10 }))).UserPools).toMatchObject([
    { Id: UserPoolId, Name: 'members' },
  ])
  expect((await cognito.sdk.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool).toMatchObject({
    Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${UserPoolId}`,
    EstimatedNumberOfUsers: 1,
  })
  expect(
    (await cognito.sdk.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).UserPoolClient,
  ).toMatchObject({ UserPoolId, ClientId })
  await expect(
    cognito.sdk.send(new DescribeUserPoolCommand({ UserPoolId: 'us-east-1_Unknown' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('an administrative operation requires the permission on the pool, an unauthenticated operation requires no permission', async () => {
  const requested: AccessRequest[] = []
  const access = {
    putResourcePolicy: () => {},
    require: (_: unknown, requests: readonly AccessRequest[]) => {
      requested.push(...requests)
      if (requests.length > 0) throw new AwsError('AccessDeniedException', 'no')
    },
  }
  cognito = await startCognito({ access })
  await cognito.sdk.send(new SignUpCommand({ ClientId: cognito.ClientId, Username, Password }))
  expect(requested).toEqual([])
  await expect(cognito.sdk.send(new AdminConfirmSignUpCommand(user()))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
  expect(requested).toEqual([{ action: 'cognito-idp:AdminConfirmSignUp', resource: cognito.attributes['Arn'] }])
})
