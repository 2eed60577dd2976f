import { toMail } from './mailbox.ts'

test('an email of MiniStack is converted to the format of the tests', () => {
  const sent = {
    MessageId: 'id-1',
    Source: 'shop@example.com',
    To: ['mira@example.com'],
    Subject: 'Welcome',
    Timestamp: 1_700_000_000,
    BodyText: 'Hello',
    BodyHtml: '<p>Hello',
  }
  expect(toMail(sent)).toEqual({
    messageId: 'id-1',
    from: 'shop@example.com',
    destination: { to: ['mira@example.com'] },
    subject: 'Welcome',
    at: 1_700_000_000,
    body: { text: 'Hello', html: '<p>Hello' },
  })
})
