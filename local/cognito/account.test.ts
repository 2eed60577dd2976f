import { RecordedAccess } from '../iam/testing.ts'
import { functionArn, Password, startCognito, startWithAnna, Username, type Cognito } from './testing.ts'

let cognito: Cognito
afterEach(() => cognito.stop())

const signIn = async (USERNAME = Username, PASSWORD = Password) =>
  (await cognito.signIn({ USERNAME, PASSWORD })).AuthenticationResult!.AccessToken!

const attributesOf = async (name = Username) => {
  const found = await cognito.sdk.adminGetUser({ UserPoolId: cognito.UserPoolId, Username: name })
  return Object.fromEntries(found.UserAttributes!.map(({ Name, Value }) => [Name, Value]))
}

describe('a new address', () => {
  const keepsOriginal = {
    pool: { UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] } },
  }
  const email = 'anna.k@library.example'
  const update = async (attributes: Record<string, string>) => {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    return cognito.sdk.updateUserAttributes({ AccessToken: await signIn(), UserAttributes })
  }
  const verify = async (Code: string) =>
    cognito.sdk.verifyUserAttribute({ AccessToken: await signIn(), AttributeName: 'email', Code })

  test('replaces the original when it is verified, other attributes are changed at once', async () => {
    cognito = await startWithAnna(keepsOriginal)
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

  test('can be replaced by another one, which alone can be verified', async () => {
    cognito = await startWithAnna(keepsOriginal)
    await update({ email: 'typo@library.example' })
    const code = cognito.codeIn(cognito.mails.at(-1))
    await update({ email })
    const latest = cognito.codeIn(cognito.mails.at(-1))
    if (code !== latest) await expect(verify(code)).rejects.toMatchObject({ name: 'CodeMismatchException' })
    await verify(latest)
    expect(await attributesOf(email)).toMatchObject({ email })
  })

  test('is no longer pending when the original is set again', async () => {
    cognito = await startWithAnna(keepsOriginal)
    await update({ email })
    const code = cognito.codeIn(cognito.mails.at(-1))
    await update({ email: Username })
    await expect(verify(code)).rejects.toMatchObject({ name: 'ExpiredCodeException' })
    expect(await attributesOf()).toMatchObject({ email: Username, email_verified: 'true' })
  })

  test('is rejected when another user signs in with it, also one who signed up meanwhile', async () => {
    cognito = await startWithAnna(keepsOriginal)
    await update({ email })
    const code = cognito.codeIn(cognito.mails.at(-1))
    await cognito.signUp({ Username: email })
    await expect(verify(code)).rejects.toMatchObject({ name: 'AliasExistsException' })
    await expect(update({ email })).rejects.toMatchObject({ name: 'AliasExistsException' })
  })

  test('is rejected by a pool that would replace the original at once', async () => {
    cognito = await startWithAnna()
    await expect(update({ email })).rejects.toThrow('only for pools that keep the original one')
  })

  test('is set at once by an administrator who marks it as verified', async () => {
    cognito = await startWithAnna(keepsOriginal)
    const set = (more: { Name: string; Value: string }[]) =>
      cognito.sdk.adminUpdateUserAttributes({
        ...cognito.user,
        UserAttributes: [{ Name: 'email', Value: email }, ...more],
      })
    await set([])
    expect(await attributesOf()).toMatchObject({ email: Username })
    await set([{ Name: 'email_verified', Value: 'true' }])
    expect(await attributesOf(email)).toMatchObject({ email })
  })
})

test('ChangePassword requires the previous password', async () => {
  cognito = await startWithAnna()
  const AccessToken = await signIn()
  const to = (PreviousPassword: string, ProposedPassword: string) =>
    cognito.sdk.changePassword({ AccessToken, PreviousPassword, ProposedPassword })
  await expect(to('Wrong-horse-7', 'Other-horse-8')).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(to(Password, 'weak')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  await to(Password, 'Other-horse-8')
  await expect(signIn()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await signIn(Username, 'Other-horse-8')
})

const forgot = (name = Username) => cognito.sdk.forgotPassword({ ClientId: cognito.ClientId, Username: name })
const confirm = (ConfirmationCode: string, to = 'Other-horse-8', name = Username) =>
  cognito.sdk.confirmForgotPassword({ ClientId: cognito.ClientId, Username: name, ConfirmationCode, Password: to })

describe('ForgotPassword', () => {
  test('sends a code that sets a new password once and calls the trigger', async () => {
    cognito = await startWithAnna({ pool: { LambdaConfig: { PostConfirmation: functionArn('welcome') } } })
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
    cognito = await startWithAnna()
    await forgot()
    await cognito.clock.advance(3_600_000)
    await expect(confirm(cognito.codeIn(cognito.mails[1]))).rejects.toMatchObject({ name: 'ExpiredCodeException' })
  })

  test('neither sends an email nor fails for an unknown user', async () => {
    cognito = await startWithAnna()
    expect((await forgot('bob@library.example')).CodeDeliveryDetails?.Destination).toBe('b***@l***')
    expect(cognito.mails).toHaveLength(1)
  })

  // "When a user isn't found, is deactivated, or doesn't have a verified delivery mechanism to recover their password, Amazon
  // Cognito returns CodeDeliveryDetails with a simulated delivery medium for a user" (Amazon Cognito Developer Guide,
  // "Managing error responses").
  test.each([
    ['an address that is not verified', () => cognito.sdk.adminConfirmSignUp(cognito.user)],
    ['a user who is disabled', () => cognito.sdk.adminDisableUser(cognito.user)],
  ])('responds as for any user, and sends no email, to %s', async (_, change) => {
    cognito = await startCognito()
    await cognito.signUp()
    await change()
    expect((await forgot()).CodeDeliveryDetails?.Destination).toBe('a***@l***')
    expect(cognito.mails).toHaveLength(1)
  })

  // Also while the address is not verified (https://github.com/amazon-archives/amazon-cognito-identity-js/issues/532).
  test('fails for a user with a temporary password', async () => {
    cognito = await startCognito()
    await cognito.sdk.adminCreateUser({ ...cognito.user, MessageAction: 'SUPPRESS' })
    await expect(forgot()).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'User password cannot be reset in the current state.',
    })
  })

  // "Amazon Cognito returns the CodeMismatchException error for users that don't exist or are disabled."
  test('sends a code that a user who was disabled meanwhile cannot use', async () => {
    cognito = await startWithAnna()
    await forgot()
    await cognito.sdk.adminDisableUser(cognito.user)
    await expect(confirm(cognito.codeIn(cognito.mails[1]))).rejects.toMatchObject({ name: 'CodeMismatchException' })
  })

  test.each([Username, 'nobody@library.example'])(
    'rejects a sixth request or code within an hour for %s',
    async (name) => {
      cognito = await startWithAnna()
      const guess = () => confirm('nonsense', 'Other-horse-8', name)
      for (let each = 0; each < 4; each++) await forgot(name)
      await expect(guess()).rejects.toMatchObject({ name: 'CodeMismatchException' })
      const exceeded = {
        name: 'LimitExceededException',
        message: 'Attempt limit exceeded, please try after some time.',
      }
      await expect(forgot(name)).rejects.toMatchObject(exceeded)
      await expect(guess()).rejects.toMatchObject(exceeded)
      await cognito.clock.advance(3_600_000)
      await forgot(name)
    },
  )
})

test('a deleted user loses tokens and groups, and the name can be used again', async () => {
  cognito = await startWithAnna()
  const AccessToken = await signIn()
  await declareStaff()
  await cognito.sdk.adminAddUserToGroup({ ...cognito.user, GroupName: 'staff' })
  await cognito.sdk.adminDeleteUser(cognito.user)
  await expect(cognito.sdk.getUser({ AccessToken })).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(cognito.sdk.adminGetUser(cognito.user)).rejects.toMatchObject({ name: 'UserNotFoundException' })
  await cognito.signUp()
  expect((await cognito.sdk.adminListGroupsForUser(cognito.user)).Groups).toEqual([])
  await cognito.sdk.adminDeleteUser(cognito.user)
  await expect(cognito.sdk.adminDeleteUser(cognito.user)).rejects.toMatchObject({ name: 'UserNotFoundException' })
})

const declareStaff = () =>
  cognito.declare('UserPoolGroup', 'Staff', { UserPoolId: cognito.UserPoolId, GroupName: 'staff', Precedence: 1 })

test('users join and leave the groups of the template', async () => {
  cognito = await startWithAnna()
  await declareStaff()
  const groups = async () =>
    (await cognito.sdk.adminListGroupsForUser(cognito.user)).Groups!.map(({ GroupName }) => GroupName)
  await cognito.sdk.adminAddUserToGroup({ ...cognito.user, GroupName: 'staff' })
  await cognito.sdk.adminAddUserToGroup({ ...cognito.user, GroupName: 'staff' })
  expect(await groups()).toEqual(['staff'])
  await cognito.sdk.adminRemoveUserFromGroup({ ...cognito.user, GroupName: 'staff' })
  expect(await groups()).toEqual([])
  await expect(cognito.sdk.adminAddUserToGroup({ ...cognito.user, GroupName: 'night' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('AdminUpdateUserAttributes may change the verification flags', async () => {
  cognito = await startWithAnna()
  const UserAttributes = [
    { Name: 'email_verified', Value: 'false' },
    { Name: 'nickname', Value: 'A' },
  ]
  await cognito.sdk.adminUpdateUserAttributes({ ...cognito.user, UserAttributes })
  expect(await attributesOf()).toMatchObject({ email_verified: 'false', nickname: 'A' })
})

test('an administrative operation requires the permission on the pool, an unauthenticated operation requires no permission', async () => {
  const access = new RecordedAccess(() => true)
  cognito = await startCognito({ access })
  await cognito.signUp()
  expect(access.requests).toEqual([])
  await expect(cognito.sdk.adminConfirmSignUp(cognito.user)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect(access.requests).toEqual([{ action: 'cognito-idp:AdminConfirmSignUp', resource: cognito.attributes['Arn'] }])
})
