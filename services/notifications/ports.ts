/** Where a customer gets mail, and whether they want it about their orders. */
export interface Contact {
  readonly email: string
  readonly name?: string | undefined
  readonly orderMails: boolean
}

export interface Contacts {
  find(userId: string): Promise<Contact | undefined>
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  /** The event that the mail is about: a mark on the mail, to find it again. */
  readonly eventId: string
}

export interface Mailer {
  /** `simulated`: an account that may not write to customers yet let nobody have the mail. */
  send(mail: Mail): Promise<'sent' | 'simulated'>
}

/** How the mail of an event ended. None of these is tried again. */
export type Settled = 'sent' | 'simulated' | 'no-contact' | 'declined'

/** Keeps for each event whether its mail was sent. */
export interface Notices {
  /** Takes the event's mail for `leaseMs`: others are kept off until it is settled or the lease ran out. */
  claim(eventId: string, claim: { now: Date; leaseMs: number }): Promise<'claimed' | 'claimed-by-another' | Settled>
  settle(eventId: string, outcome: { status: Settled; now: Date }): Promise<void>
}
