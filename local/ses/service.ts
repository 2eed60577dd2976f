import { arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { AccessRequest } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { RestService, WireRequest, WireResponse } from '../wire/service.ts'
import type { EventDestinations, FeedbackEvent } from './feedback.ts'
import { Identities, identityType } from './identities.ts'
import { MailStore } from './mail-store.ts'
import { mailbox, type TextMessages } from './mailbox.ts'
import { providers } from './resources.ts'
import { sendEmail } from './send-email.ts'

type Authorize = (requests: readonly AccessRequest[]) => void

/** SES v2: validates emails like SES and stores them in a mailbox for the browser. */
export class SesService {
  readonly wire: RestService
  /** The page at `/mailbox`, and its emails as JSON at `/mailbox/store`. */
  readonly mailbox: RestService
  readonly providers: ResourceProvider[]
  readonly #endpoint: () => string
  readonly #mails: MailStore
  readonly #identities: Identities
  readonly #configurationSets = new Map<string, EventDestinations>()
  readonly #publish: (event: FeedbackEvent) => void

  /**
   * @param options.publish publishes an event of an email to the default bus
   * @param options.textMessages the text messages that the mailbox lists with the emails
   */
  constructor(options: {
    state: State
    clock: Clock
    endpoint: () => string
    publish: (event: FeedbackEvent) => void
    textMessages: TextMessages
  }) {
    const { state, clock, endpoint, publish, textMessages } = options
    this.#endpoint = endpoint
    this.#publish = publish
    this.#mails = new MailStore(state, clock)
    this.#identities = new Identities(state)
    this.mailbox = mailbox(this.#mails, textMessages, clock)
    this.providers = providers(this.#identities, this.#configurationSets)
    this.wire = {
      signingName: 'ses',
      claims: () => false,
      handle: (request, _, authorize) => this.#handle(request, authorize),
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
    const draft = { from, replyTo: [], destination, subject, body: { html, text }, attachments: [] }
    return this.#mails.add(draft).messageId
  }

  #handle(request: WireRequest, authorize: Authorize): WireResponse {
    const [resource, name] = request.path
      .replace(/^\/v2\/email\//, '')
      .split('/')
      .map(decodeURIComponent)
    switch (`${request.method} ${resource}${name === undefined ? '' : '/…'}`) {
      case 'POST outbound-emails':
        return json(
          sendEmail(
            {
              identities: this.#identities,
              configurationSets: this.#configurationSets,
              mails: this.#mails,
              publish: this.#publish,
            },
            bodyOf(request),
            authorize,
          ),
        )
      case 'GET account':
        authorize([{ action: 'ses:GetAccount', resource: '*' }])
        return json(this.#account())
      case 'GET identities':
        authorize([{ action: 'ses:ListEmailIdentities', resource: '*' }])
        return json({
          EmailIdentities: this.#identities
            .list()
            .map((identity) => ({ IdentityName: identity, ...verified(identity) })),
        })
      case 'POST identities':
        return json(this.#createIdentity(bodyOf(request), authorize))
      case 'GET identities/…':
        return json(this.#identity(name!, authorize))
      default:
        throw new AwsError('UnknownOperationException', `SES: ${request.method} ${request.path} is not emulated.`, {
          statusCode: 404,
        })
    }
  }

  #account() {
    const SendQuota = { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: this.#mails.count() }
    return { ProductionAccessEnabled: true, SendingEnabled: true, EnforcementStatus: 'HEALTHY', SendQuota }
  }

  #createIdentity(input: Record<string, unknown>, authorize: Authorize) {
    const identity = input['EmailIdentity']
    if (typeof identity !== 'string' || identity === '')
      throw new AwsError('BadRequestException', 'EmailIdentity is missing.')
    authorize([{ action: 'ses:CreateEmailIdentity', resource: arn('ses', `identity/${identity}`) }])
    if (this.#identities.has(identity))
      throw new AwsError('AlreadyExistsException', `Email identity ${identity} already exist.`)
    this.#identities.create(identity)
    return { IdentityType: identityType(identity), VerifiedForSendingStatus: true }
  }

  #identity(identity: string, authorize: Authorize) {
    authorize([{ action: 'ses:GetEmailIdentity', resource: arn('ses', `identity/${identity}`) }])
    if (!this.#identities.has(identity)) {
      throw new AwsError('NotFoundException', `Email identity ${identity} does not exist.`, { statusCode: 404 })
    }
    return {
      ...verified(identity),
      VerifiedForSendingStatus: true,
      VerificationStatus: 'SUCCESS',
      FeedbackForwardingStatus: true,
    }
  }
}

const verified = (identity: string) => ({
  IdentityType: identityType(identity),
  SendingEnabled: true,
  VerificationStatus: 'SUCCESS',
})

const json = (body: unknown): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

function bodyOf(request: WireRequest): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'))
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {
    // Reported below, like other bodies that are not a JSON object.
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object.')
}
