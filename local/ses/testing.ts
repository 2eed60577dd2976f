import { SESv2Client } from '@aws-sdk/client-sesv2'
import { ManualClock } from '../clock.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { WireServer } from '../wire/server.ts'
import { mailbox } from '../pages/mailbox.ts'
import { SnsService } from '../sns/service.ts'
import type { FeedbackEvent } from './feedback.ts'
import { SesService } from './service.ts'

/** Starts the service behind an HTTP endpoint with the identity `library.example`, and an SDK client for it. */
export async function startSes(options: { stateFile?: string; access?: AccessControl } = {}) {
  const state = new State(options.stateFile ?? ':memory:')
  const clock = new ManualClock()
  const server = new WireServer({
    access: options.access ?? allowAll,
    authenticate: () => ({ kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/desk' }),
  })
  const published: FeedbackEvent[] = []
  const sns = new SnsService({ state, clock })
  const service = new SesService({
    state,
    clock,
    endpoint: () => server.endpoint,
    publish: (event) => published.push(event),
  })
  server.addRestService(service.wire)
  server.addPages(mailbox(service.mails, (since) => sns.since(since), clock))
  server.addQueryService(sns.wire)
  const endpoint = await server.listen(0)
  const declare = (type: string, properties: object) =>
    service.providers
      .find((provider) => provider.type === `AWS::SES::${type}`)!
      .create({
        stackName: 'Library',
        logicalId: type,
        type: `AWS::SES::${type}`,
        properties,
        generatedName: `Library-${type}`,
      })
  await declare('EmailIdentity', { EmailIdentity: 'library.example' })
  const sdk = new SESv2Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const stop = async () => {
    sdk.destroy()
    await server.close()
    state.close()
  }
  const emails = async (query = ''): Promise<any[]> =>
    ((await (await fetch(`${service.mailboxUrl()}/store${query}`)).json()) as { emails: any[] }).emails
  return { service, sdk, clock, declare, emails, published, endpoint, stop, mailboxUrl: service.mailboxUrl() }
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
