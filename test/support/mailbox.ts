import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { systemClock } from '@cartwheel/local/clock.ts'
import { allowAll } from '@cartwheel/local/iam/types.ts'
import { SesService } from '@cartwheel/local/ses/service.ts'
import { State } from '@cartwheel/local/state/state.ts'
import { WireServer } from '@cartwheel/local/wire/server.ts'

/** SES on a free port, with a client. */
export interface TestMailbox {
  readonly client: SESv2Client
  /** The sent emails, oldest first, in the mailbox's JSON. */
  mails(): Promise<Record<string, any>[]>
  stop(): Promise<void>
}

/** The name of the mailbox's only configuration set. */
export const configurationSet = 'mails'

/** @param senders the addresses or domains that may send */
export async function startTestMailbox(...senders: string[]): Promise<TestMailbox> {
  const server = new WireServer({ access: allowAll, authenticate: () => ({ kind: 'administrator' }) })
  const state = new State(':memory:')
  const ses = new SesService({
    state,
    clock: systemClock,
    endpoint: () => server.endpoint,
    publish: () => {},
    textMessages: () => [],
  })
  const declaration = { stackName: 'Test', logicalId: 'Set', type: 'AWS::SES::ConfigurationSet' }
  const provider = ses.providers.find(({ type }) => type === declaration.type)!
  await provider.create({ ...declaration, generatedName: configurationSet, properties: {} })
  server.addRestService(ses.wire)
  server.addRestService(ses.mailbox)
  const endpoint = await server.listen(0)
  const client = new SESv2Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  for (const EmailIdentity of senders) await client.send(new CreateEmailIdentityCommand({ EmailIdentity }))
  return {
    client,
    async mails() {
      const answer = await fetch(`${endpoint}/mailbox/store`)
      return ((await answer.json()) as { emails: Record<string, any>[] }).emails
    },
    async stop() {
      client.destroy()
      await server.close()
    },
  }
}
