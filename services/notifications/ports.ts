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

export interface Mailer {
  /** `simulated`: the account is not permitted to send to this address yet; the customer did not receive it. */
  send(mail: Mail): Promise<'sent' | 'simulated'>
}

/** The final state of the email of an event. None of these is retried. */
export type Settled = 'sent' | 'simulated' | 'no-contact' | 'declined'

/** Stores for each event whether its email was sent. */
export interface Deliveries {
  /** Claims the event's email for `leaseMs`: no other claim succeeds until it is settled or the lease expires. */
  claim(eventId: string, claim: { now: Date; leaseMs: number }): Promise<'claimed' | 'claimed-by-another' | Settled>
  settle(eventId: string, outcome: { status: Settled; time: Date }): Promise<void>
}
