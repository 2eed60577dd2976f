/** How a customer or the staff are notified. */
export type Channel = 'email' | 'sms'

export interface Contact {
  readonly email: string
  readonly name?: string | undefined
  /** In the format of E.164. */
  readonly phone?: string | undefined
  /** The channels by which the customer wants to hear about orders. */
  readonly preferences: Readonly<Record<Channel, boolean>>
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
 * Why a message can never be sent: `bad-request`, such as an address that is invalid for email, or `message-rejected` for
 * its content or recipient.
 */
export type RefusalReason = 'bad-request' | 'message-rejected'

/**
 * `simulated`: the account is not permitted to send to this address yet; the customer did not receive it. `refused`: the same
 * message would be refused every time.
 */
export type Delivery =
  | { readonly status: 'sent' | 'simulated' }
  | { readonly status: 'refused'; readonly reason: RefusalReason }

export interface Mailer {
  /** @throws Error for what can pass: a throttle, a paused account, an unverified sender, an unavailable service */
  send(mail: Mail): Promise<Delivery>
}

export interface TextMessage {
  /** In the format of E.164. */
  readonly to: string
  readonly text: string
}

export interface TextMessenger {
  /** @throws Error for what can pass: a throttle, a spending limit, an unavailable service */
  send(message: TextMessage): Promise<Delivery>
}

/** The addresses to which no email is sent any more. */
export interface Suppressions {
  has(address: string): Promise<boolean>
  add(address: string, suppression: { readonly reason: 'bounce' | 'complaint'; readonly time: Date }): Promise<void>
}

/** The final state of the message about an event. None of these is retried. */
export type Settled = Delivery | { readonly status: 'no-contact' | 'declined' | 'suppressed' }

/** Stores for each event and channel whether its message was sent. */
export interface Deliveries {
  /** Claims the event's message for `leaseMs`: no other claim succeeds until it is settled or the lease expires. */
  claim(
    eventId: string,
    claim: { channel: Channel; now: Date; leaseMs: number },
  ): Promise<'claimed' | 'claimed-by-another' | 'settled'>
  settle(eventId: string, settled: { channel: Channel; outcome: Settled; time: Date }): Promise<void>
}
