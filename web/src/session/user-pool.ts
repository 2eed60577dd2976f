import { responseTimeoutMs, type Config } from '../config.ts'
import { UserPoolFailure } from './failure.ts'

export interface Tokens {
  readonly accessToken: string
  readonly idToken: string
  /** Missing in the response to a refresh, unless the pool rotates refresh tokens. */
  readonly refreshToken?: string
}

/** The pool asks for more before it issues tokens. */
export interface Challenge {
  readonly kind: 'second-factor' | 'new-password'
  readonly session: string
  /**
   * The pool's own name of the user: "The value of the USERNAME attribute must be the user's actual username, not an alias (such
   * as an email address or phone number)" (Cognito API reference, AdminRespondToAuthChallenge).
   */
  readonly username: string
}

interface AuthenticationResponse {
  AuthenticationResult?: { AccessToken: string; IdToken: string; RefreshToken?: string }
  ChallengeName?: string
  ChallengeParameters?: { USER_ID_FOR_SRP?: string }
  Session?: string
}

/**
 * The operations of a Cognito user pool that need no AWS credentials, called as plain HTTPS requests: their SDK client
 * would be larger than the whole storefront. Passwords go to the pool and nowhere else.
 */
export class UserPool {
  readonly #config: () => Promise<Config>

  /** @param config called with each request: the catalog is shown without it */
  constructor(config: () => Promise<Config>) {
    this.#config = config
  }

  async signUp(email: string, password: string, name?: string): Promise<void> {
    const attributes = [{ Name: 'email', Value: email }, ...(name ? [{ Name: 'name', Value: name }] : [])]
    await this.#call('SignUp', {
      Username: email,
      Password: password,
      UserAttributes: attributes,
    })
  }

  async confirmSignUp(email: string, code: string): Promise<void> {
    await this.#call('ConfirmSignUp', this.#user(email, { ConfirmationCode: code }))
  }

  async resendCode(email: string): Promise<void> {
    await this.#call('ResendConfirmationCode', this.#user(email))
  }

  async signIn(email: string, password: string): Promise<Tokens | Challenge> {
    const response = await this.#call<AuthenticationResponse>('InitiateAuth', {
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    })
    return tokensOrChallenge(response, email)
  }

  /** @param response the code of the authenticator app, or the new password */
  async respondToChallenge({ kind, session, username }: Challenge, response: string): Promise<Tokens | Challenge> {
    const name = kind === 'second-factor' ? 'SOFTWARE_TOKEN_MFA' : 'NEW_PASSWORD_REQUIRED'
    const responses = kind === 'second-factor' ? { SOFTWARE_TOKEN_MFA_CODE: response } : { NEW_PASSWORD: response }
    const next = await this.#call<AuthenticationResponse>('RespondToAuthChallenge', {
      ChallengeName: name,
      Session: session,
      ChallengeResponses: { USERNAME: username, ...responses },
    })
    return tokensOrChallenge(next, username)
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const response = await this.#call<AuthenticationResponse>('InitiateAuth', {
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: refreshToken },
    })
    return tokensOf(response)
  }

  /** Ends one session: its refresh token, and the access tokens that came from it. */
  async revoke(refreshToken: string): Promise<void> {
    await this.#call('RevokeToken', { Token: refreshToken })
  }

  /** Ends all sessions of the user, on every device. */
  async signOutEverywhere(accessToken: string): Promise<void> {
    await this.#call('GlobalSignOut', { AccessToken: accessToken })
  }

  async forgotPassword(email: string): Promise<void> {
    await this.#call('ForgotPassword', this.#user(email))
  }

  async resetPassword(email: string, code: string, password: string): Promise<void> {
    await this.#call('ConfirmForgotPassword', this.#user(email, { ConfirmationCode: code, Password: password }))
  }

  async changePassword(accessToken: string, current: string, proposed: string): Promise<void> {
    await this.#call('ChangePassword', {
      AccessToken: accessToken,
      PreviousPassword: current,
      ProposedPassword: proposed,
    })
  }

  #user(email: string, more: Record<string, string> = {}) {
    return { Username: email, ...more }
  }

  /** The pool's client is named unless the user is identified by a token. */
  async #call<Output>(operation: string, input: object): Promise<Output> {
    let response: Response
    try {
      const { cognitoUrl, userPoolClientId: ClientId } = await this.#config()
      response = await fetch(`${cognitoUrl}/`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify('AccessToken' in input ? input : { ClientId, ...input }),
        signal: AbortSignal.timeout(responseTimeoutMs),
      })
      // A connection can also break within the body: what is missing then says nothing about the session.
      await response.clone().arrayBuffer()
    } catch {
      throw new UserPoolFailure('offline', 'The sign-in service cannot be reached.')
    }
    const output: unknown = await response.json().catch(() => ({}))
    if (response.ok) return output as Output
    const { __type: type = 'UnknownError', message = '' } = output as { __type?: string; message?: string }
    throw new UserPoolFailure(type.split('#').at(-1)!, message)
  }
}

export const isChallenge = (result: Tokens | Challenge): result is Challenge => 'kind' in result

/** @param name by which the user is known until now */
function tokensOrChallenge(response: AuthenticationResponse, name: string): Tokens | Challenge {
  if (!response.ChallengeName) return tokensOf(response)
  const session = response.Session ?? ''
  const username = response.ChallengeParameters?.USER_ID_FOR_SRP ?? name
  if (response.ChallengeName === 'SOFTWARE_TOKEN_MFA') return { kind: 'second-factor', session, username }
  if (response.ChallengeName === 'NEW_PASSWORD_REQUIRED') return { kind: 'new-password', session, username }
  throw new UserPoolFailure('UnsupportedChallenge', `The pool asks for ${response.ChallengeName}.`)
}

function tokensOf({ AuthenticationResult: result }: AuthenticationResponse): Tokens {
  if (!result) throw new UserPoolFailure('NoTokens', 'The pool issued no tokens.')
  const { AccessToken: accessToken, IdToken: idToken, RefreshToken: refreshToken } = result
  return { accessToken, idToken, ...(refreshToken ? { refreshToken } : {}) }
}
