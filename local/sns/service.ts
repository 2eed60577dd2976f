import { randomUUID } from 'node:crypto'
import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { QueryService } from '../wire/service.ts'

/** A text message in the format of the mailbox's `/store`. */
interface TextMessage {
  readonly messageId: string
  readonly phoneNumber: string
  readonly message: string
  /** Seconds since the epoch. */
  readonly at: number
  /** Missing in messages of earlier versions. */
  readonly sentMs?: number
}

/** Message attributes are for the network of the receiver. */
const supported = /^(Action|Version|PhoneNumber|Message|MessageAttributes\..+)$/

/** SNS with Publish to phone numbers only: text messages are stored and not delivered. There are no topics. */
export class SnsService {
  readonly wire: QueryService
  readonly providers: ResourceProvider[] = []
  readonly #state: State

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state
    state.define(
      'CREATE TABLE IF NOT EXISTS sns_text_messages (position INTEGER PRIMARY KEY, at INTEGER NOT NULL, message TEXT NOT NULL)',
    )
    this.wire = {
      signingName: 'sns',
      namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      operations: {
        Publish: {
          // "not authorized to perform: SNS:Publish on resource: +1…", as callers report SNS's response (zappa/Zappa, issue 791).
          access: ({ PhoneNumber, TopicArn, TargetArn }: Record<string, string>) => [
            { action: 'sns:Publish', resource: PhoneNumber ?? TopicArn ?? TargetArn ?? '*' },
          ],
          handle: (input: Record<string, string>) => {
            const { PhoneNumber: phoneNumber = '', Message: message = '' } = input
            const problem = problemOf(input, phoneNumber, message)
            if (problem) throw new AwsError('InvalidParameter', `Invalid parameter: ${problem}`)
            const sentMs = clock.now()
            const sent = { messageId: randomUUID(), phoneNumber, message, at: Math.floor(sentMs / 1000), sentMs }
            const insert = 'INSERT INTO sns_text_messages (at, message) VALUES (?, ?)'
            state.run(insert, sent.at, JSON.stringify(sent))
            return { MessageId: sent.messageId }
          },
        },
      },
    }
  }

  /** Oldest first. */
  since(epochSeconds: number): TextMessage[] {
    const select = 'SELECT message FROM sns_text_messages WHERE at >= ? ORDER BY position'
    return this.#state.all<{ message: string }>(select, epochSeconds).map(({ message }) => JSON.parse(message))
  }
}

/** The longest message has 1,600 characters (Amazon SNS API Reference, Publish). */
function problemOf(input: object, phoneNumber: string, message: string): string | undefined {
  const unsupported = Object.keys(input).find((name) => !supported.test(name))
  if (unsupported !== undefined) return `${unsupported} is not emulated.`
  if (!/^\+[1-9]\d{1,14}$/.test(phoneNumber)) return `PhoneNumber Reason: ${phoneNumber} is not valid to publish to`
  if (message === '') return 'Empty message'
  return message.length > 1600 ? 'Message too long' : undefined
}
