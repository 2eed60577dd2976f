import {
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  GetUserCommand,
  NotAuthorizedException,
  UserNotFoundException,
  type AttributeType,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { accountOf } from '../domain/profile.ts'
import type { AccountLookup, AccountRemoval, Accounts } from '../ports.ts'

/** The token authorizes the call: "Amazon Cognito doesn't evaluate IAM policies" for it (Cognito API reference, GetUser). */
export const poolAccounts = (client: Pick<CognitoIdentityProviderClient, 'send'>): Accounts => ({
  async ofToken(AccessToken) {
    try {
      const { UserAttributes = [] } = await client.send(new GetUserCommand({ AccessToken }))
      return accountWith(UserAttributes)
    } catch (error) {
      if (error instanceof NotAuthorizedException || error instanceof UserNotFoundException) return undefined
      throw error
    }
  },
})

const accountWith = (attributes: readonly AttributeType[]) =>
  accountOf(Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value])))

/** The `sub` of a token is accepted as the name of a local user (Cognito API reference, AdminGetUser). */
export const poolAccountLookup = (
  client: Pick<CognitoIdentityProviderClient, 'send'>,
  UserPoolId: string,
): AccountLookup => ({
  async ofUser(Username) {
    try {
      const { UserAttributes = [] } = await client.send(new AdminGetUserCommand({ UserPoolId, Username }))
      return accountWith(UserAttributes)
    } catch (error) {
      if (error instanceof UserNotFoundException) return undefined
      throw error
    }
  },
})

/** The `sub` of a token is accepted as the name of a local user (Cognito API reference, AdminDeleteUser). */
export const poolAccountRemoval = (
  client: Pick<CognitoIdentityProviderClient, 'send'>,
  UserPoolId: string,
): AccountRemoval => ({
  async remove(Username) {
    try {
      await client.send(new AdminDeleteUserCommand({ UserPoolId, Username }))
    } catch (error) {
      if (!(error instanceof UserNotFoundException)) throw error
    }
  },
})
