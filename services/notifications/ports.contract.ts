import type { Contact, Contacts, Mail, Mailer, Notices, Settled } from './ports.ts'

const eventId = 'OrderReserved/ord_1/2'
const at = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 10, 0, seconds))

/** What every adapter of the notices must do. They are fresh and empty for each test. */
export function noticesContract(create: () => Promise<Notices>) {
  let notices: Notices
  beforeEach(async () => {
    notices = await create()
  })
  const claim = (seconds: number, of = eventId) => notices.claim(of, { now: at(seconds), leaseMs: 30_000 })

  test('a mail is claimed by one alone', async () => {
    expect(await claim(0)).toBe('claimed')
    expect(await claim(1)).toBe('claimed-by-another')
  })

  test('of many claims at once one is given', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(0)))
    expect(claims.filter((outcome) => outcome === 'claimed')).toHaveLength(1)
  })

  test('mails of other events are other mails', async () => {
    await claim(0)
    expect(await claim(0, 'OrderReserved/ord_2/2')).toBe('claimed')
  })

  test('a claim that was never settled runs out, and is then given again with a lease of its own', async () => {
    await claim(0)
    expect(await claim(29)).toBe('claimed-by-another')
    expect(await claim(30)).toBe('claimed')
    expect(await claim(31)).toBe('claimed-by-another')
  })

  test.each<Settled>(['sent', 'simulated', 'no-contact', 'declined'])(
    'what is settled as %s stays so',
    async (status) => {
      await claim(0)
      await notices.settle(eventId, { status, now: at(1) })
      expect(await claim(2)).toBe(status)
      expect(await claim(86_400)).toBe(status)
    },
  )

  test('what nobody claimed cannot be settled', async () => {
    await expect(notices.settle(eventId, { status: 'sent', now: at(0) })).rejects.toThrow()
    expect(await claim(1)).toBe('claimed')
  })
}

export interface ContactsWorld {
  readonly contacts: Contacts
  register(userId: string, contact: Contact): Promise<void>
}

/** What every adapter of the contacts must do. A world is fresh and empty for each test. */
export function contactsContract(create: () => Promise<ContactsWorld>) {
  test.each<Contact>([
    { email: 'mira@example.com', name: 'Mira', orderMails: false },
    { email: 'ivo@example.com', orderMails: true },
  ])('$email is found as registered', async (contact) => {
    const { contacts, register } = await create()
    await register('u-1', contact)
    expect(await contacts.find('u-1')).toEqual(contact)
  })

  test('nobody is found who was not registered', async () => {
    const { contacts, register } = await create()
    await register('u-1', { email: 'mira@example.com', orderMails: true })
    expect(await contacts.find('u-2')).toBeUndefined()
  })
}

export interface MailerWorld {
  readonly mailer: Mailer
  /** What came, whomever it is for, oldest first. */
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

const withoutMark = ({ eventId: _mark, ...mail }: Mail) => mail

/** What every adapter of the mailer must do. A world is fresh and empty for each test. */
export function mailerContract(create: () => Promise<MailerWorld>) {
  test('a mail arrives in both forms, letter for letter', async () => {
    const { mailer, received } = await create()
    await mailer.send(mailOf())
    expect(await received()).toEqual([withoutMark(mailOf())])
  })

  test('each call sends one mail: that one event has one mail is not left to the mailer', async () => {
    const { mailer, received } = await create()
    await mailer.send(mailOf())
    await mailer.send(mailOf())
    await mailer.send(mailOf({ to: 'ivo@mail.example.org' }))
    expect((await received()).map(({ to }) => to)).toEqual([mailOf().to, mailOf().to, 'ivo@mail.example.org'])
  })

  test.each(['OrderReserved/ord_1/2', `A/${'ø'.repeat(300)}/1`])('an event may have the id %s', async (id) => {
    const { mailer, received } = await create()
    await mailer.send(mailOf({ eventId: id }))
    expect(await received()).toHaveLength(1)
  })

  test('what cannot be sent is an error, and nothing arrives', async () => {
    const { mailer, received } = await create()
    await expect(mailer.send(mailOf({ to: 'no address' }))).rejects.toThrow()
    expect(await received()).toEqual([])
  })
}
