import {
  AdminConfirmSignUpCommand,
  AdminDeleteUserCommand,
  AdminUpdateUserAttributesCommand,
  InitiateAuthCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { startUserPool } from '@cartwheel/local/testing'

export type TestUserPool = Awaited<ReturnType<typeof startTestUserPool>>

/** A user pool without triggers, which keeps an original address until the new one is verified. */
export async function startTestUserPool() {
  const pool = await startUserPool({
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
  })
  const { sdk, UserPoolId, ClientId } = pool
  return {
    client: sdk,
    poolId: UserPoolId,
    /** A confirmed user with a verified address. */
    async signUp(email: string, attributes: Readonly<Record<string, string>> = {}) {
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
    /** The address is pending until the code is passed to `verifyEmail`. @returns the code that was sent to it */
    async changeEmail(AccessToken: string, email: string): Promise<string> {
      await sdk.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes: list({ email }) }))
      return pool.codeIn(pool.mails.at(-1))
    },
    async verifyEmail(AccessToken: string, Code: string): Promise<void> {
      await sdk.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName: 'email', Code }))
    },
    async deleteUser(userId: string): Promise<void> {
      await sdk.send(new AdminDeleteUserCommand({ UserPoolId, Username: userId }))
    },
    async declareGroup(GroupName: string): Promise<void> {
      await pool.declare('UserPoolGroup', GroupName, { UserPoolId, GroupName })
    },
    stop: () => pool.stop(),
  }
}

const Password = 'Correct-horse-7'

const list = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
