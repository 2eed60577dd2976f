import { randomUUID } from 'node:crypto'
import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { QueryService } from '../wire/service.ts'

/** A text message in the format of the mailbox's `/store`. */
export interface TextMessage {
  readonly messageId: string
  readonly phoneNumber: string
  readonly message: string
  /** Seconds since the epoch. */
  readonly at: number
}

/** The longest message, in bytes (Amazon SNS API Reference, Publish: 140 bytes each, 1,600 characters in all). */
const maxMessageLength = 1600

/** SNS with Publish to phone numbers only: text messages are stored and not delivered. There are no topics. */
export class SnsService {
  readonly wire: QueryService
  readonly providers: ResourceProvider[] = []
  readonly #state: State
  readonly #clock: Clock

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state
    this.#clock = clock
    state.define(
      'CREATE TABLE IF NOT EXISTS sns_text_messages (position INTEGER PRIMARY KEY, at INTEGER NOT NULL, message TEXT NOT NULL)',
    )
    this.wire = {
      signingName: 'sns',
      namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      operations: {
        Publish: {
          // Messages to phone numbers have no resource (Service Authorization Reference, Amazon SNS), so it must be `*`.
          access: () => [{ action: 'sns:Publish', resource: '*' }],
          handle: (input: Record<string, string>) => ({ MessageId: this.#publish(input) }),
        },
      },
    }
  }

  /** Oldest first. */
  since(epochSeconds: number): TextMessage[] {
    return this.#state
      .all<{ message: string }>('SELECT message FROM sns_text_messages WHERE at >= ? ORDER BY position', epochSeconds)
      .map(({ message }) => JSON.parse(message) as TextMessage)
  }

  #publish(input: Readonly<Record<string, string>>): string {
    const { PhoneNumber: phoneNumber = '', Message: message = '' } = input
    const unsupported = Object.keys(input).find((name) => !supported.test(name))
    if (unsupported !== undefined) throw invalidParameter(`${unsupported} is not emulated.`)
    if (!/^\+[1-9]\d{1,14}$/.test(phoneNumber))
      throw invalidParameter(`PhoneNumber Reason: ${phoneNumber} is not valid to publish to`)
    if (message === '') throw invalidParameter('Empty message')
    if (message.length > maxMessageLength) throw invalidParameter('Message too long')
    const sent: TextMessage = {
      messageId: randomUUID(),
      phoneNumber,
      message,
      at: Math.floor(this.#clock.now() / 1000),
    }
    this.#state.run('INSERT INTO sns_text_messages (at, message) VALUES (?, ?)', sent.at, JSON.stringify(sent))
    return sent.messageId
  }
}

/** Attributes are for the network of the receiver. */
const supported = /^(Action|Version|PhoneNumber|Message|MessageAttributes\..+)$/

const invalidParameter = (problem: string) => new AwsError('InvalidParameter', `Invalid parameter: ${problem}`)
