/** How a customer is notified. */
export type Channel = 'email'

/** Kinds of notifications that a customer can decline. */
export type Preference = 'orders'

export interface Contact {
  readonly email: string
  readonly name?: string | undefined
  /** False: declined. */
  readonly preferences: Readonly<Record<Preference, boolean>>
}

export interface Contacts {
  find(userId: string): Promise<Contact | undefined>
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  /** The event that the email is about: a tag on the email for tracing it. */
  readonly eventId: string
}

/**
 * Why an email can never be sent: `bad-request`, such as an address that is invalid for email, or `message-rejected` for
 * its content or recipient.
 */
export type RefusalReason = 'bad-request' | 'message-rejected'

/**
 * `simulated`: the account is not permitted to send to this address yet; the customer did not receive it. `refused`: the same
 * email would be refused every time.
 */
export type Delivery =
  { readonly status: 'sent' | 'simulated' } | { readonly status: 'refused'; readonly reason: RefusalReason }

export interface Mailer {
  /** @throws Error for what can pass: a throttle, a paused account, an unverified sender, an unavailable service */
  send(mail: Mail): Promise<Delivery>
}

/** The final state of the email of an event. None of these is retried. */
export type Settled = Delivery | { readonly status: 'no-contact' | 'declined' }

/** Stores for each event whether its email was sent. */
export interface Deliveries {
  /** Claims the event's email for `leaseMs`: no other claim succeeds until it is settled or the lease expires. */
  claim(eventId: string, claim: { now: Date; leaseMs: number }): Promise<'claimed' | 'claimed-by-another' | 'settled'>
  settle(eventId: string, settled: Settled, time: Date): Promise<void>
}
