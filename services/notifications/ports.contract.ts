import type { Channel, Contact, Contacts, Deliveries, Mail, Mailer, Settled } from './ports.ts'

const eventId = 'OrderReserved/ord_1/2'
const at = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 10, 0, seconds))

/** The contract of every adapter of the deliveries. `create` returns an empty store. */
export function deliveriesContract(create: () => Promise<Deliveries>) {
  let deliveries: Deliveries
  beforeEach(async () => {
    deliveries = await create()
  })
  const claim = (seconds: number, of = eventId, channel: Channel = 'email') =>
    deliveries.claim(of, { channel, now: at(seconds), leaseMs: 30_000 })

  test('an email is claimed once', async () => {
    expect(await claim(0)).toBe('claimed')
    expect(await claim(1)).toBe('claimed-by-another')
  })

  test('one of many concurrent claims succeeds', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(0)))
    expect(claims.filter((outcome) => outcome === 'claimed')).toHaveLength(1)
  })

  test('emails of other events are claimed separately', async () => {
    await claim(0)
    expect(await claim(0, 'OrderReserved/ord_2/2')).toBe('claimed')
  })

  test('the text message of an event is claimed and settled apart from its email', async () => {
    await claim(0)
    expect(await claim(0, eventId, 'sms')).toBe('claimed')
    await deliveries.settle(eventId, { channel: 'sms', outcome: { status: 'sent' }, time: at(1) })
    expect(await claim(2, eventId, 'sms')).toBe('settled')
    expect(await claim(2)).toBe('claimed-by-another')
  })

  test('a claim that was not settled expires, and the next claim has a new lease', async () => {
    await claim(0)
    expect(await claim(29)).toBe('claimed-by-another')
    expect(await claim(30)).toBe('claimed')
    expect(await claim(31)).toBe('claimed-by-another')
  })

  test.each<Settled>([
    { status: 'sent' },
    { status: 'simulated' },
    { status: 'refused', reason: 'message-rejected' },
    { status: 'no-contact' },
    { status: 'declined' },
    { status: 'suppressed' },
  ])('an email settled as $status stays settled', async (settled) => {
    await claim(0)
    await deliveries.settle(eventId, { channel: 'email', outcome: settled, time: at(1) })
    expect(await claim(2)).toBe('settled')
    expect(await claim(86_400)).toBe('settled')
  })

  test('an email that was not claimed cannot be settled', async () => {
    await expect(
      deliveries.settle(eventId, { channel: 'email', outcome: { status: 'sent' }, time: at(0) }),
    ).rejects.toThrow()
    expect(await claim(1)).toBe('claimed')
  })
}

export interface ContactsWorld {
  readonly contacts: Contacts
  register(userId: string, contact: Contact): Promise<void>
}

/** The contract of every adapter of the contacts. `create` returns empty adapters. */
export function contactsContract(create: () => Promise<ContactsWorld>) {
  test.each<Contact>([
    { email: 'mira@example.com', name: 'Mira', phone: '+353861234567', preferences: { email: false, sms: true } },
    { email: 'ivo@example.com', preferences: { email: true, sms: false } },
  ])('$email is found as registered', async (contact) => {
    const { contacts, register } = await create()
    await register('u-1', contact)
    expect(await contacts.find('u-1')).toEqual(contact)
  })

  test('a user who is not registered is not found', async () => {
    const { contacts, register } = await create()
    await register('u-1', { email: 'mira@example.com', preferences: { email: true, sms: false } })
    expect(await contacts.find('u-2')).toBeUndefined()
  })
}

/** States that pass, by themselves or when a person acts: an email that was not sent is sent later. */
export const mailerFaults = [
  'throttled',
  'account paused',
  'account suspended',
  'over the daily quota',
  'sender not verified',
  'recipient not verified',
  'unavailable',
] as const
export type MailerFault = (typeof mailerFaults)[number]

export interface MailerWorld {
  readonly mailer: Mailer
  /** Makes the next `send` fail, as the provider does in this state. */
  failNext(state: MailerFault): void
  /** The received emails of all recipients, oldest first. */
  received(): Promise<Omit<Mail, 'eventId'>[]>
}

const mailOf = (fields: Partial<Mail> = {}): Mail => ({
  to: 'mira@mail.example.org',
  subject: 'Příjem objednávky ✓',
  html: '<p>Žluťoučký kůň & 🐎</p>\n<p>.</p>\n.\n',
  text: 'Žluťoučký kůň & 🐎\n.\nFrom here on\n',
  eventId,
  ...fields,
})

const withoutEventId = ({ eventId: _eventId, ...mail }: Mail) => mail

/** The contract of every adapter of the mailer. `create` returns empty adapters. */
export function mailerContract(create: () => Promise<MailerWorld>) {
  test('an email arrives in both forms, character by character', async () => {
    const { mailer, received } = await create()
    expect(await mailer.send(mailOf())).toEqual({ status: 'sent' })
    expect(await received()).toEqual([withoutEventId(mailOf())])
  })

  test('each call sends an email: the mailer does not detect repeated events', async () => {
    const { mailer, received } = await create()
    await mailer.send(mailOf())
    await mailer.send(mailOf())
    await mailer.send(mailOf({ to: 'ivo@mail.example.org' }))
    expect((await received()).map(({ to }) => to)).toEqual([mailOf().to, mailOf().to, 'ivo@mail.example.org'])
  })

  test.each(['OrderReserved/ord_1/2', `A/${'ø'.repeat(300)}/1`])('an email about the event %s is sent', async (id) => {
    const { mailer, received } = await create()
    await mailer.send(mailOf({ eventId: id }))
    expect(await received()).toHaveLength(1)
  })

  test.each(['é@example.com', 'no address', 'mira@exa_mple.com', 'mira@'])(
    'an email to "%s", which is no address for email, is refused, and no email arrives',
    async (to) => {
      const { mailer, received } = await create()
      expect(await mailer.send(mailOf({ to }))).toEqual({ status: 'refused', reason: 'bad-request' })
      expect(await received()).toEqual([])
    },
  )

  test.each(mailerFaults)('while the provider is "%s", an email is an error, and can be sent later', async (fault) => {
    const { mailer, received, failNext } = await create()
    failNext(fault)
    await expect(mailer.send(mailOf())).rejects.toThrow()
    expect(await received()).toEqual([])
    expect(await mailer.send(mailOf())).toEqual({ status: 'sent' })
  })
}
