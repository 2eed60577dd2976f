import { SESv2 } from '@aws-sdk/client-sesv2'
import type { AccessControl } from '../iam/types.ts'
import { mailbox } from '../pages/mailbox.ts'
import { SnsService } from '../sns/service.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
import type { FeedbackEvent } from './feedback.ts'
import { SesService } from './service.ts'

/** Starts the service with the identity `library.example`. */
export async function startSes(options: { stateFile?: string; access?: AccessControl } = {}) {
  const endpoint = new TestEndpoint({
    ...options,
    authenticate: () => ({ kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/desk' }),
  })
  const { state, clock, server } = endpoint
  const published: FeedbackEvent[] = []
  const sns = new SnsService({ state, clock })
  const service = new SesService({ state, clock, publish: (event) => published.push(event) })
  server.addRestService(service.wire)
  server.addPages(mailbox({ mails: service.mails, texts: sns, clock }))
  server.addQueryService(sns.wire)
  const mailboxUrl = `${await endpoint.listen()}/mailbox`
  const create = async (type: string, properties: object) =>
    declare(service.providers, `AWS::SES::${type}`, type, properties, 'Library')
  await create('EmailIdentity', { EmailIdentity: 'library.example' })
  const emails = async (query = ''): Promise<any[]> =>
    ((await (await fetch(`${mailboxUrl}/store${query}`)).json()) as { emails: any[] }).emails
  return {
    service,
    sdk: endpoint.client(SESv2),
    clock,
    declare: create,
    emails,
    published,
    endpoint,
    stop: () => endpoint.stop(),
    mailboxUrl,
  }
}

export const simple = (changes: object = {}) => ({
  FromEmailAddress: 'Library <desk@library.example>',
  Destination: { ToAddresses: ['anna@reader.example'] },
  Content: {
    Simple: {
      Subject: { Data: 'Émile is here', Charset: 'UTF-8' },
      Body: { Html: { Data: '<p>Come by.</p>', Charset: 'UTF-8' }, Text: { Data: 'Come by.', Charset: 'UTF-8' } },
    },
  },
  ...changes,
})
