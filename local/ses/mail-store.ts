import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'

/** A sent email in the format of aws-ses-v2-local. */
export interface Mail {
  readonly messageId: string
  readonly from: string
  readonly replyTo: readonly string[]
  readonly destination: {
    readonly to: readonly string[]
    readonly cc: readonly string[]
    readonly bcc: readonly string[]
  }
  readonly subject: string
  readonly body: { readonly html?: string; readonly text?: string }
  /** The message tags that the sender set. */
  readonly tags?: Readonly<Record<string, string>>
  /** Seconds since the epoch. */
  readonly at: number
}

export type Draft = Omit<Mail, 'messageId' | 'at'>

/** Stores sent emails in the state file; they are not delivered. */
export class MailStore {
  readonly #state: State
  readonly #clock: Clock

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(
      'CREATE TABLE IF NOT EXISTS ses_mails (position INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, mail TEXT NOT NULL)',
    )
  }

  add(draft: Draft): Mail {
    const nowMs = this.#clock.now()
    const messageId = `${nowMs.toString(16).padStart(16, '0')}-${randomBytes(4).toString('hex')}-${randomUUID().slice(9)}-000000`
    const mail: Mail = { messageId, ...draft, at: Math.floor(nowMs / 1000) }
    const insert = 'INSERT INTO ses_mails (message_id, at, mail) VALUES (?, ?, ?)'
    this.#state.run(insert, messageId, mail.at, JSON.stringify(mail))
    return mail
  }

  /** Oldest first. @param recipient a part of one of the addresses that it was sent to */
  since(epochSeconds: number, recipient = ''): Mail[] {
    const isTo = "instr(mail ->> '$.destination.to', ?) > 0"
    return this.#read(`SELECT mail FROM ses_mails WHERE at >= ? AND ${isTo} ORDER BY position`, epochSeconds, recipient)
  }

  newest(limit: number): Mail[] {
    return this.#read('SELECT mail FROM ses_mails ORDER BY position DESC LIMIT ?', limit)
  }

  find(messageId: string): Mail | undefined {
    return this.#read('SELECT mail FROM ses_mails WHERE message_id = ?', messageId)[0]
  }

  /** When the email was sent: its id begins with the milliseconds, `at` has seconds. */
  sentMs({ messageId }: Mail): number {
    return Number.parseInt(messageId.slice(0, 16), 16)
  }

  count(): number {
    return this.#state.get<{ n: number }>('SELECT COUNT(*) AS n FROM ses_mails')!.n
  }

  #read(sql: string, ...values: (string | number)[]): Mail[] {
    return this.#state.all<{ mail: string }>(sql, ...values).map(({ mail }) => JSON.parse(mail) as Mail)
  }
}
