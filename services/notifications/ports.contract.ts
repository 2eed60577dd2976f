import type { Contact, Contacts, Deliveries, Mail, Mailer, Settled } from './ports.ts'

const eventId = 'OrderReserved/ord_1/2'
const at = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 10, 0, seconds))

/** The contract of every adapter of the deliveries. `create` returns an empty store. */
export function deliveriesContract(create: () => Promise<Deliveries>) {
  let deliveries: Deliveries
  beforeEach(async () => {
    deliveries = await create()
  })
  const claim = (seconds: number, of = eventId) => deliveries.claim(of, { now: at(seconds), leaseMs: 30_000 })

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

  test('a claim that was not settled expires, and the next claim has a new lease', async () => {
    await claim(0)
    expect(await claim(29)).toBe('claimed-by-another')
    expect(await claim(30)).toBe('claimed')
    expect(await claim(31)).toBe('claimed-by-another')
  })

  test.each<Settled>(['sent', 'simulated', 'no-contact', 'declined'])(
    'an email settled as %s stays settled',
    async (status) => {
      await claim(0)
      await deliveries.settle(eventId, { status, time: at(1) })
      expect(await claim(2)).toBe(status)
      expect(await claim(86_400)).toBe(status)
    },
  )

  test('an email that was not claimed cannot be settled', async () => {
    await expect(deliveries.settle(eventId, { status: 'sent', time: at(0) })).rejects.toThrow()
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
    { email: 'mira@example.com', name: 'Mira', preferences: { orders: false } },
    { email: 'ivo@example.com', preferences: { orders: true } },
  ])('$email is found as registered', async (contact) => {
    const { contacts, register } = await create()
    await register('u-1', contact)
    expect(await contacts.find('u-1')).toEqual(contact)
  })

  test('a user who is not registered is not found', async () => {
    const { contacts, register } = await create()
    await register('u-1', { email: 'mira@example.com', preferences: { orders: true } })
    expect(await contacts.find('u-2')).toBeUndefined()
  })
}

export interface MailerWorld {
  readonly mailer: Mailer
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
    await mailer.send(mailOf())
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

  test('an email that cannot be sent is an error, and no email arrives', async () => {
    const { mailer, received } = await create()
    await expect(mailer.send(mailOf({ to: 'no address' }))).rejects.toThrow()
    expect(await received()).toEqual([])
  })
}
