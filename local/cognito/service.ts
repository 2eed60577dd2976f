import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Invoke } from '../lambda/service.ts'
import type { State } from '../state/state.ts'
import type { JsonService, Pages } from '../wire/service.ts'
import { Codes, type Mail } from './codes.ts'
import { Directory } from './directory.ts'
import { accountOperations } from './operations/account.ts'
import { administrationOperations } from './operations/administration.ts'
import { signInOperations } from './operations/sign-in.ts'
import { signUpOperations } from './operations/sign-up.ts'
import type { Parts } from './parts.ts'
import { PoolRegistry } from './pool.ts'
import { providers } from './resources.ts'
import { wellKnown } from './signing-keys.ts'
import { Tokens } from './tokens.ts'
import { createPostConfirmation } from './triggers.ts'

interface CognitoOptions {
  readonly state: State
  readonly clock: Clock
  /** The URL of the local AWS endpoint, which issuers start with. Called when a pool is declared. */
  readonly endpoint: () => string
  readonly invoke: Invoke
  /** Delivers codes. Called inside the transaction that creates the code. */
  readonly sendMail: (mail: Mail) => void
}

/** Cognito user pools: directory, sign-up, sign-in, tokens, groups and the trigger after sign-up. */
export class CognitoService {
  readonly wire: JsonService
  /** Each pool's JWKS and openid-configuration, below its issuer. */
  readonly wellKnown: Pages
  readonly providers: ResourceProvider[]

  constructor({ state, clock, endpoint, invoke, sendMail }: CognitoOptions) {
    const pools = new PoolRegistry()
    const directory = new Directory(state, clock)
    const parts: Parts = {
      state,
      clock,
      pools,
      directory,
      codes: new Codes({ state, clock, directory, sendMail }),
      tokens: new Tokens({ clock, pools, directory }),
      postConfirmation: createPostConfirmation(invoke),
    }
    this.wire = {
      targetPrefix: 'AWSCognitoIdentityProviderService',
      version: '1.1',
      operations: {
        ...signUpOperations(parts),
        ...signInOperations(parts),
        ...accountOperations(parts),
        ...administrationOperations(parts),
      },
      cors: true,
    }
    this.wellKnown = wellKnown(pools.pools)
    this.providers = providers({ state, endpoint, pools })
  }
}
