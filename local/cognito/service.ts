import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { JsonService, RestService } from '../wire/service.ts'
import { Challenges } from './challenges.ts'
import { CodeStore } from './codes.ts'
import { Directory } from './directory.ts'
import { GroupStore } from './groups.ts'
import type { SendMail } from './messages.ts'
import { accountOperations } from './operations/account.ts'
import { administrationOperations } from './operations/administration.ts'
import { groupOperations } from './operations/groups.ts'
import { poolOperations } from './operations/pools.ts'
import { signInOperations } from './operations/sign-in.ts'
import { signUpOperations } from './operations/sign-up.ts'
import type { Parts } from './parts.ts'
import { PoolRegistry } from './pool.ts'
import { providers } from './resources.ts'
import { SessionStore } from './sessions.ts'
import { SigningKeys } from './signing-keys.ts'
import { Tokens } from './tokens.ts'
import { Triggers, type Invoke } from './triggers.ts'
import { wellKnown } from './well-known.ts'

interface CognitoOptions {
  readonly state: State
  readonly clock: Clock
  /** The URL of the local AWS endpoint, which issuers start with. Called when a pool is declared. */
  readonly endpoint: () => string
  readonly invoke: Invoke
  /** Delivers codes and invitations. Called inside the transaction that creates the code. */
  readonly sendMail: SendMail
}

/** Cognito user pools: directory, sign-up, sign-in, tokens, groups and the triggers around sign-up. */
export class CognitoService {
  readonly wire: JsonService
  /** Each pool's JWKS and openid-configuration, below its issuer. */
  readonly wellKnown: RestService
  readonly providers: ResourceProvider[]

  constructor({ state, clock, endpoint, invoke, sendMail }: CognitoOptions) {
    const pools = new PoolRegistry()
    const directory = new Directory(state)
    const groups = new GroupStore(state)
    const sessions = new SessionStore(state, clock)
    const keys = new SigningKeys(state)
    const parts: Parts = {
      state,
      clock,
      pools,
      directory,
      groups,
      sessions,
      codes: new CodeStore(state, clock),
      challenges: new Challenges(clock),
      tokens: new Tokens({ clock, pools, directory, groups, sessions, keys }),
      triggers: new Triggers(clock, invoke),
      sendMail,
    }
    this.wire = {
      targetPrefix: 'AWSCognitoIdentityProviderService',
      version: '1.1',
      operations: operationsOf(parts),
      cors: true,
    }
    this.wellKnown = wellKnown(pools, keys)
    this.providers = providers({ clock, endpoint, pools, groups, keys })
  }
}

const operationsOf = (parts: Parts): JsonService['operations'] => ({
  ...signUpOperations(parts),
  ...signInOperations(parts),
  ...accountOperations(parts),
  ...administrationOperations(parts),
  ...groupOperations(parts),
  ...poolOperations(parts),
})
