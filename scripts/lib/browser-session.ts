import type { BrowserContext } from 'playwright-core'
import { applicationId } from '#shared/application.ts'
import type { Deployment } from './deployment.ts'
import { signInForTokens } from './sign-in.ts'

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
  const { RefreshToken } = await signInForTokens(deployment, { email, group, password })
  const [storage, key] =
    group === 'staff' ? ['sessionStorage', `${applicationId}.staff`] : ['localStorage', `${applicationId}.session`]
  // Only once: a session that ends stays ended.
  await context.addInitScript(`if (!sessionStorage.getItem('session.started')) {
    sessionStorage.setItem('session.started', 'yes')
    ${storage}.setItem('${key}', ${JSON.stringify(RefreshToken)})
  }`)
}
