import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider'
import type { BrowserContext } from 'playwright-core'
import { applicationId } from '#shared/application.ts'
import type { Deployment } from './deployment.ts'
import { signIn } from './sign-in.ts'

export interface BrowserUser {
  readonly email: string
  readonly password: string
  /** `staff`: signed in to the back office, otherwise to the storefront. */
  readonly group?: 'staff'
}

/** Creates the user if necessary, and stores a refresh token where the pages look for one. */
export async function startBrowserSession(
  context: BrowserContext,
  deployment: Deployment,
  { email, password, group }: BrowserUser,
): Promise<void> {
  await signIn(deployment, { email, group, password })
  const client = new CognitoIdentityProviderClient(deployment.clientConfiguration)
  const { AuthenticationResult } = await client.send(
    new InitiateAuthCommand({
      ClientId: deployment.userPoolClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  )
  client.destroy()
  const [storage, key] =
    group === 'staff' ? ['sessionStorage', `${applicationId}.staff`] : ['localStorage', `${applicationId}.session`]
  // Only once: a session that ends stays ended.
  await context.addInitScript(`if (!sessionStorage.getItem('session.started')) {
    sessionStorage.setItem('session.started', 'yes')
    ${storage}.setItem('${key}', ${JSON.stringify(AuthenticationResult!.RefreshToken!)})
  }`)
}
