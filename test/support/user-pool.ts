import {
  AdminConfirmSignUpCommand,
  AdminDeleteUserCommand,
  AdminUpdateUserAttributesCommand,
  InitiateAuthCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { startUserPool } from '@cartwheel/local/testing'

/** A user pool without triggers, which keeps an original address until the new one is verified. */
export interface TestUserPool {
  readonly client: CognitoIdentityProviderClient
  readonly poolId: string
  /** A confirmed user with a verified address. */
  signUp(email: string, attributes?: Readonly<Record<string, string>>): Promise<{ userId: string; token: string }>
  /** The address is pending until the code is passed to `verifyEmail`. @returns the code that was sent to it */
  changeEmail(token: string, email: string): Promise<string>
  verifyEmail(token: string, code: string): Promise<void>
  deleteUser(userId: string): Promise<void>
  declareGroup(name: string): Promise<void>
  stop(): Promise<void>
}

export async function startTestUserPool(): Promise<TestUserPool> {
  const pool = await startUserPool({
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
  })
  const { sdk, UserPoolId, ClientId } = pool
  return {
    client: sdk,
    poolId: UserPoolId,
    async signUp(email, attributes = {}) {
      const { UserSub } = await sdk.send(
        new SignUpCommand({ ClientId, Username: email, Password, UserAttributes: list(attributes) }),
      )
      const user = { UserPoolId, Username: UserSub }
      await sdk.send(new AdminConfirmSignUpCommand(user))
      const UserAttributes = list({ email_verified: 'true' })
      await sdk.send(new AdminUpdateUserAttributesCommand({ ...user, UserAttributes }))
      const AuthParameters = { USERNAME: email, PASSWORD: Password }
      const { AuthenticationResult } = await sdk.send(
        new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }),
      )
      return { userId: UserSub!, token: AuthenticationResult!.AccessToken! }
    },
    async changeEmail(AccessToken, email) {
      await sdk.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes: list({ email }) }))
      return pool.codeIn(pool.mails.at(-1))
    },
    async verifyEmail(AccessToken, Code) {
      await sdk.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName: 'email', Code }))
    },
    async deleteUser(userId) {
      await sdk.send(new AdminDeleteUserCommand({ UserPoolId, Username: userId }))
    },
    async declareGroup(GroupName) {
      await pool.declare('UserPoolGroup', GroupName, { UserPoolId, GroupName })
    },
    stop: () => pool.stop(),
  }
}

const Password = 'Correct-horse-7'

const list = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
