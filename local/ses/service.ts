import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { RestService } from '../wire/service.ts'
import type { EventDestinations, FeedbackEvent } from './feedback.ts'
import { Identities } from './identities.ts'
import { MailStore } from './mail-store.ts'
import { providers } from './resources.ts'
import { sendEmail } from './send-email.ts'

/** SES v2: validates emails like SES and stores them in a mailbox for the browser. */
export class SesService {
  readonly wire: RestService
  /** What was sent, which the page at `/mailbox` shows. */
  readonly mails: MailStore
  readonly providers: ResourceProvider[]
  readonly #endpoint: () => string
  readonly #identities = new Identities()

  /** @param options.publish publishes an event of an email to the default bus */
  constructor(options: {
    state: State
    clock: Clock
    endpoint: () => string
    publish: (event: FeedbackEvent) => void
  }) {
    const { state, clock, endpoint, publish } = options
    const configurationSets = new Map<string, EventDestinations>()
    const identities = this.#identities
    const mails = new MailStore(state, clock)
    this.#endpoint = endpoint
    this.mails = mails
    this.providers = providers(identities, configurationSets)
    this.wire = {
      signingName: 'ses',
      errors: 'json',
      operations: {
        'POST /v2/email/outbound-emails': sendEmail({ identities, configurationSets, mails, publish }),
      },
    }
  }

  /** Adds identities that the account has besides those of the templates. */
  declareIdentities(identities: readonly string[]): void {
    for (const identity of identities) this.#identities.declare(identity)
  }

  /** The URL of the mailbox page. */
  mailboxUrl(): string {
    return `${this.#endpoint()}/mailbox`
  }

  /** Stores an email of another AWS service, such as a code of a user pool. @returns its message id */
  deliver(mail: { from: string; to: string; subject: string; html: string; text: string }): string {
    const { from, to, subject, html, text } = mail
    const destination = { to: [to], cc: [], bcc: [] }
    const draft = { from, replyTo: [], destination, subject, body: { html, text } }
    return this.mails.add(draft).messageId
  }
}
