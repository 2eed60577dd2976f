import { AwsError } from '../wire/aws-error.ts'
import { functionArn, startCognito, Username, type Cognito } from './testing.ts'

let cognito: Cognito
afterEach(() => cognito.stop())

const signUp = (more?: object) => cognito.signUp(more)
const confirm = (ConfirmationCode: string) =>
  cognito.sdk.confirmSignUp({ ClientId: cognito.ClientId, Username, ConfirmationCode })
const statusOf = async () => (await cognito.sdk.adminGetUser(cognito.user)).UserStatus

test('a user signs up and confirms with the mailed code', async () => {
  cognito = await startCognito()
  const response = await signUp({ UserAttributes: [{ Name: 'name', Value: 'Anna' }] })
  expect(response).toMatchObject({
    UserConfirmed: false,
    UserSub: expect.stringMatching(/^[0-9a-f-]{36}$/),
    CodeDeliveryDetails: { Destination: 'a***@l***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
  })
  expect(cognito.mails).toEqual([
    expect.objectContaining({
      to: Username,
      subject: 'Your verification code',
      text: expect.stringMatching(/^Your confirmation code is \d{6}$/),
    }),
  ])
  expect(await statusOf()).toBe('UNCONFIRMED')
  await confirm(cognito.codeIn(cognito.mails[0]))
  const user = await cognito.sdk.adminGetUser(cognito.user)
  expect(user).toMatchObject({ Username: response.UserSub, UserStatus: 'CONFIRMED', Enabled: true })
  expect(Object.fromEntries(user.UserAttributes!.map(({ Name, Value }) => [Name, Value]))).toEqual({
    name: 'Anna',
    email: Username,
    email_verified: 'true',
    sub: response.UserSub,
  })
})

test('the email uses the pool’s message template, as HTML and as text', async () => {
  const EmailMessage = 'Hello <b>reader</b>,<br>your code: {####}'
  cognito = await startCognito({ pool: { VerificationMessageTemplate: { EmailSubject: 'Welcome', EmailMessage } } })
  await signUp()
  expect(cognito.mails[0]).toMatchObject({
    subject: 'Welcome',
    html: expect.stringMatching(/^Hello <b>reader<\/b>,<br>your code: \d{6}$/),
    text: expect.stringMatching(/^Hello reader,\nyour code: \d{6}$/),
  })
})

test('a wrong, an expired and a replaced code are rejected', async () => {
  cognito = await startCognito()
  await signUp()
  const first = cognito.codeIn(cognito.mails[0])
  await expect(confirm(first === '000000' ? '000001' : '000000')).rejects.toMatchObject({
    name: 'CodeMismatchException',
  })
  await expect(confirm(` ${first}`)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "1 validation error detected: Value at 'confirmationCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\S]+",
  })
  await cognito.clock.advance(24 * 3_600_000)
  await expect(confirm(first)).rejects.toMatchObject({ name: 'ExpiredCodeException' })
  await cognito.sdk.resendConfirmationCode({ ClientId: cognito.ClientId, Username })
  const second = cognito.codeIn(cognito.mails[1])
  if (second !== first) await expect(confirm(first)).rejects.toMatchObject({ name: 'CodeMismatchException' })
  expect(await statusOf()).toBe('UNCONFIRMED')
  await confirm(second)
  await expect(confirm(second)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'User cannot be confirmed. Current status is CONFIRMED',
  })
})

test('only one of several concurrent sign-ups with the same name succeeds', async () => {
  cognito = await startCognito()
  const results = await Promise.allSettled([signUp(), signUp(), signUp()])
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await expect(signUp()).rejects.toMatchObject({ name: 'UsernameExistsException' })
  expect(cognito.mails).toHaveLength(1)
})

test('names are case-insensitive when the pool is configured so', async () => {
  cognito = await startCognito({ pool: { UsernameConfiguration: { CaseSensitive: false } } })
  await signUp()
  await expect(signUp({ Username: 'Anna@Library.example' })).rejects.toMatchObject({ name: 'UsernameExistsException' })
})

test.each([
  ['short', 'Sh0rt-!', 'Password not long enough'],
  ['without uppercase letters', 'correct-horse-7', 'uppercase'],
  ['without lowercase letters', 'CORRECT-HORSE-7', 'lowercase'],
  ['without digits', 'Correct-horse', 'numeric'],
  ['without symbols', 'CorrectHorse7', 'symbol'],
])('a password that is %s is rejected', async (_, password, message) => {
  cognito = await startCognito()
  await expect(signUp({ Password: password })).rejects.toMatchObject({
    name: 'InvalidPasswordException',
    message: expect.stringContaining(message),
  })
})

test('the pool’s password policy replaces the default', async () => {
  cognito = await startCognito({ pool: { Policies: { PasswordPolicy: { MinimumLength: 12 } } } })
  await expect(signUp({ Password: 'elevenchars' })).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  await signUp({ Password: 'twelve chars' })
})

test.each([
  ['a name that is not an address', { Username: 'anna' }, 'InvalidParameterException', 'Username should be an email.'],
  [
    'a name that is too long',
    { Username: `${'a'.repeat(128)}@library.example` },
    'InvalidParameterException',
    "Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128",
  ],
  [
    'an attribute that is not in the schema',
    { UserAttributes: [{ Name: 'custom:shelf', Value: '1' }] },
    'InvalidParameterException',
    'custom:shelf',
  ],
  [
    'a verification flag',
    { UserAttributes: [{ Name: 'email_verified', Value: 'true' }] },
    'NotAuthorizedException',
    'unauthorized attribute',
  ],
  ['an unknown client', { ClientId: 'unknown' }, 'ResourceNotFoundException', 'unknown'],
])('SignUp with %s is rejected', async (_, more, name, message) => {
  cognito = await startCognito()
  await expect(signUp(more)).rejects.toMatchObject({ name, message: expect.stringContaining(message) })
})

test('errors do not reveal whether a user exists', async () => {
  cognito = await startCognito()
  await expect(confirm('123456')).rejects.toMatchObject({ name: 'ExpiredCodeException' })
  const hidden = await cognito.sdk.resendConfirmationCode({ ClientId: cognito.ClientId, Username })
  expect(hidden.CodeDeliveryDetails?.Destination).toBe('a***@l***')
  expect(cognito.mails).toEqual([])
  // "Amazon Cognito returns CodeDeliveryDetails for a disabled user or a user that doesn't exist" (Amazon Cognito Developer
  // Guide, "Managing error responses").
  await signUp()
  await cognito.sdk.adminDisableUser(cognito.user)
  expect(await cognito.sdk.resendConfirmationCode({ ClientId: cognito.ClientId, Username })).toMatchObject({
    CodeDeliveryDetails: hidden.CodeDeliveryDetails,
  })
  expect(cognito.mails).toHaveLength(1)
})

const confirmByAdministrator = () => cognito.sdk.adminConfirmSignUp({ ...cognito.user, ClientMetadata: { desk: '3' } })

describe('triggers', () => {
  const pool = { LambdaConfig: { PostConfirmation: functionArn('welcome') } }
  test('ConfirmSignUp calls PostConfirmation with the pool as the source ARN', async () => {
    cognito = await startCognito({ pool })
    const { UserSub } = await signUp()
    await confirm(cognito.codeIn(cognito.mails[0]))
    expect(cognito.calls).toEqual([
      {
        functionArn: functionArn('welcome'),
        caller: { kind: 'service', service: 'cognito-idp.amazonaws.com', sourceArn: cognito.attributes['Arn'] },
        event: {
          version: '1',
          region: 'us-east-1',
          userPoolId: cognito.UserPoolId,
          userName: UserSub,
          callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: cognito.ClientId },
          triggerSource: 'PostConfirmation_ConfirmSignUp',
          request: {
            userAttributes: {
              sub: UserSub,
              email: Username,
              email_verified: 'true',
              'cognito:user_status': 'CONFIRMED',
            },
          },
          response: {},
        },
      },
    ])
  })

  test('AdminConfirmSignUp calls PostConfirmation and leaves the address unverified', async () => {
    cognito = await startCognito({ pool })
    await signUp()
    await confirmByAdministrator()
    expect(cognito.calls[0]!.event).toMatchObject({
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
      request: { clientMetadata: { desk: '3' } },
    })
    expect(cognito.calls[0]!.event.request.userAttributes).not.toHaveProperty('email_verified')
  })

  test('a PostConfirmation error is returned, and the user remains confirmed', async () => {
    const payload = { errorMessage: 'no card available', errorType: 'Error' }
    cognito = await startCognito({ pool, invoke: async () => ({ payload, functionError: 'Unhandled' }) })
    await signUp()
    await expect(confirm(cognito.codeIn(cognito.mails[0]))).rejects.toMatchObject({
      name: 'UserLambdaValidationException',
      message: 'PostConfirmation failed with error no card available.',
    })
    expect(await statusOf()).toBe('CONFIRMED')
  })

  test('a trigger that does not return the event is an InvalidLambdaResponseException', async () => {
    cognito = await startCognito({ pool, invoke: async () => ({ payload: null }) })
    await signUp()
    await expect(confirmByAdministrator()).rejects.toMatchObject({ name: 'InvalidLambdaResponseException' })
  })

  test('a trigger that the pool may not invoke is an UnexpectedLambdaException', async () => {
    cognito = await startCognito({ pool, invoke: () => Promise.reject(new AwsError('AccessDeniedException', 'no')) })
    await signUp()
    await expect(confirmByAdministrator()).rejects.toMatchObject({
      name: 'UnexpectedLambdaException',
      message: expect.stringContaining('AccessDeniedException'),
    })
    expect(cognito.calls).toHaveLength(1)
  })
})

test.each([
  ['UserPool', { LambdaConfig: { PreSignUp: functionArn('f') } }, 'LambdaConfig'],
  ['UserPool', { MfaConfiguration: 'ON' }, 'MfaConfiguration'],
  ['UserPool', { UsernameAttributes: ['phone_number'] }, 'UsernameAttributes'],
  ['UserPool', { AutoVerifiedAttributes: undefined }, 'AutoVerifiedAttributes'],
  ['UserPool', { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }, 'AllowAdminCreateUserOnly'],
  ['UserPool', { AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only' }] } }, 'admin_only'],
  ['UserPoolClient', { GenerateSecret: true }, 'secret'],
])('a %s that is not emulated is rejected: %j', async (type, properties, message) => {
  cognito = await startCognito()
  const email = { UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'] }
  await expect(async () => cognito.declare(type, 'Other', { ...email, ...properties })).rejects.toThrow(message)
})
